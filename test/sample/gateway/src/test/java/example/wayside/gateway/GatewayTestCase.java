package example.wayside.gateway;

import example.wayside.domain.parcel.Dimensions;
import example.wayside.domain.parcel.Parcel;
import example.wayside.domain.pricing.Money;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** What every gateway test has at hand: it is always noon of Monday, 6 May 2024. */
abstract class GatewayTestCase {

    protected static final LocalDate MONDAY = LocalDate.of(2024, 5, 6);

    protected final Clock clock = Clock.fixed(Instant.parse("2024-05-06T12:00:00Z"), ZoneOffset.UTC);

    protected Parcel parcel(String code) {
        return new Parcel(code, "1010", 500, new Dimensions(20, 10, 5), false, new Money(1_000));
    }
}
