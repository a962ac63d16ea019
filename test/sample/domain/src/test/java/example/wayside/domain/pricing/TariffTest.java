package example.wayside.domain.pricing;

import static example.wayside.domain.fixture.Fixtures.aParcel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TariffTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "1000, 1", "1001, 2", "2500, 3"})
    void kilogramsBegun_whenWeightVaries_thenRoundsUp(int grams, int expected) {
        // given
        var subject = new Tariff(new Money(300), new Money(100), 30_000);

        // when
        var actual = subject.kilogramsBegun(grams);

        // then
        assertThat(actual).as("kilograms begun").isEqualTo(expected);
    }

    @Test
    void priceFor_whenTwoKilogramsAreBegun_thenAddsThemToTheBase() {
        // given
        var subject = new Tariff(new Money(300), new Money(100), 30_000);

        // when
        var actual = subject.priceFor(1500);

        // then
        assertThat(actual).as("price for").isEqualTo(new Money(500));
    }

    @Test
    void priceFor_whenWeightIsOverTheLimit_thenIsRefused() {
        // given
        var subject = new Tariff(new Money(300), new Money(100), 30_000);

        // when / then
        assertThatThrownBy(() -> subject.priceFor(30_001))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weight is over the limit");
    }

    @Test
    void priceOf_whenParcelIsLight_thenChargesOneKilogram() {
        // given
        var subject = new Tariff(new Money(300), new Money(100), 30_000);

        // when
        var actual = subject.priceOf(aParcel().withWeightGrams(800).build());

        // then
        assertThat(actual).as("price of").isEqualTo(new Money(400));
    }

    @Test
    void accepts_whenParcelIsTooHeavy_thenReturnsFalse() {
        // given
        var subject = new Tariff(new Money(300), new Money(100), 5000);

        // when
        var actual = subject.accepts(aParcel().withWeightGrams(5001).build());

        // then
        assertThat(actual).as("accepts").isFalse();
    }

    @Test
    void accepts_whenParcelIsLight_thenReturnsTrue() {
        // given
        var subject = new Tariff(new Money(300), new Money(100), 5000);

        // when
        var actual = subject.accepts(aParcel().withWeightGrams(700).build());

        // then
        assertThat(actual).as("accepts").isTrue();
    }

    @Test
    void isCheaperThan_whenBaseIsLower_thenReturnsTrue() {
        // given
        var subject = new Tariff(new Money(300), new Money(100), 30_000);

        // when
        var actual = subject.isCheaperThan(new Tariff(new Money(400), new Money(100), 30_000), 1000);

        // then
        assertThat(actual).as("is cheaper than").isTrue();
    }
}
