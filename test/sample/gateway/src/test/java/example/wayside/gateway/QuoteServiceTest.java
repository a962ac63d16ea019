package example.wayside.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuoteServiceTest extends GatewayTestCase {

    @Test
    void serves_whenZoneHasARate_thenReturnsTrue() {
        // given
        var rates = mock(RateSource.class);
        var subject = new QuoteService(rates);
        given(rates.centsPerKilogram("north")).willReturn(Optional.of(90));

        // when
        var actual = subject.serves("north");

        // then
        assertThat(actual).as("serves").isTrue();
    }

    @Test
    void serves_whenZoneHasNoRate_thenReturnsFalse() {
        // given
        var rates = mock(RateSource.class);
        var subject = new QuoteService(rates);
        given(rates.centsPerKilogram("moon")).willReturn(Optional.empty());

        // when
        var actual = subject.serves("moon");

        // then
        assertThat(actual).as("serves").isFalse();
    }

    @Test
    void quoteCents_whenZoneHasARate_thenMultipliesIt() {
        // given
        var rates = mock(RateSource.class);
        var subject = new QuoteService(rates);
        given(rates.centsPerKilogram("north")).willReturn(Optional.of(90));

        // when
        var actual = subject.quoteCents("north", 3);

        // then
        assertThat(actual).as("quote cents").isEqualTo(270);
    }

    @Test
    void quoteCents_whenZoneHasNoRate_thenIsRefused() {
        // given
        var rates = mock(RateSource.class);
        var subject = new QuoteService(rates);
        given(rates.centsPerKilogram("moon")).willReturn(Optional.empty());

        // when / then
        assertThatThrownBy(() -> subject.quoteCents("moon", 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("zone is not served");
    }

    @Test
    void expressCents_whenZoneHasARate_thenDoublesTheQuote() {
        // given
        var rates = mock(RateSource.class);
        var subject = new QuoteService(rates);
        given(rates.centsPerKilogram("north")).willReturn(Optional.of(100));

        // when
        var actual = subject.expressCents("north", 2);

        // then
        assertThat(actual).as("express cents").isEqualTo(400);
    }

    @Test
    void cheaperZone_whenRightIsCheaper_thenReturnsIt() {
        // given
        var rates = mock(RateSource.class);
        var subject = new QuoteService(rates);
        given(rates.centsPerKilogram("north")).willReturn(Optional.of(90));
        given(rates.centsPerKilogram("south")).willReturn(Optional.of(80));

        // when
        var actual = subject.cheaperZone("north", "south");

        // then
        assertThat(actual).as("cheaper zone").isEqualTo("south");
    }

    @Test
    void describe_whenZoneHasNoRate_thenSaysSo() {
        // given
        var rates = mock(RateSource.class);
        var subject = new QuoteService(rates);
        given(rates.centsPerKilogram("moon")).willReturn(Optional.empty());

        // when
        var actual = subject.describe("moon", 2);

        // then
        assertThat(actual).as("describe").isEqualTo("not served");
    }
}
