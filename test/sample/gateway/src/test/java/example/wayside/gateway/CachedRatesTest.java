package example.wayside.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class CachedRatesTest extends GatewayTestCase {

    @Test
    void centsPerKilogram_whenZoneIsNew_thenAsksTheOrigin() {
        // given
        var origin = mock(RateSource.class);
        var subject = new CachedRates(origin);
        given(origin.centsPerKilogram("north")).willReturn(Optional.of(90));

        // when
        var actual = subject.centsPerKilogram("north");

        // then
        assertThat(actual).as("cents per kilogram").contains(90);
        then(origin).should().centsPerKilogram("north");
    }

    @Test
    void centsPerKilogram_whenZoneIsRemembered_thenAsksOnlyOnce() {
        // given
        var origin = mock(RateSource.class);
        var subject = new CachedRates(origin);
        given(origin.centsPerKilogram("north")).willReturn(Optional.of(90));
        subject.warmUp("north");

        // when
        var actual = subject.centsPerKilogram("north");

        // then
        assertThat(actual).as("cents per kilogram").contains(90);
        then(origin).should().centsPerKilogram("north");
    }

    @Test
    void warmUp_whenTwoZonesAreGiven_thenReturnsTwo() {
        // given
        var origin = mock(RateSource.class);
        var subject = new CachedRates(origin);
        given(origin.centsPerKilogram("north")).willReturn(Optional.of(90));
        given(origin.centsPerKilogram("south")).willReturn(Optional.of(80));

        // when
        var actual = subject.warmUp("north", "south");

        // then
        assertThat(actual).as("warm up").isEqualTo(2);
    }

    @Test
    void forget_whenZoneIsUnknown_thenReturnsFalse() {
        // given
        var origin = mock(RateSource.class);
        var subject = new CachedRates(origin);

        // when
        var actual = subject.forget("north");

        // then
        assertThat(actual).as("forget").isFalse();
    }

    @Test
    void rateOr_whenZoneHasNoRate_thenReturnsTheFallback() {
        // given
        var origin = mock(RateSource.class);
        var subject = new CachedRates(origin);
        given(origin.centsPerKilogram("moon")).willReturn(Optional.empty());

        // when
        var actual = subject.rateOr("moon", 500);

        // then
        assertThat(actual).as("rate or").isEqualTo(500);
    }

    @Test
    void rateOr_whenZoneHasARate_thenReturnsTheRate() {
        // given
        var origin = mock(RateSource.class);
        var subject = new CachedRates(origin);
        given(origin.centsPerKilogram("north")).willReturn(Optional.of(90));

        // when
        var actual = subject.rateOr("north", 500);

        // then
        assertThat(actual).as("rate or").isEqualTo(90);
    }
}
