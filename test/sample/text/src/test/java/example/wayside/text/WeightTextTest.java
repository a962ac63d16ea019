package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WeightTextTest {

    @Test
    void grams_whenUnitIsKilograms_thenMultipliesByAThousand() {
        // given
        var subject = new WeightText();

        // when
        var actual = subject.grams("2.5 kg");

        // then
        assertThat(actual).as("grams").isEqualTo(2500);
    }

    @Test
    void grams_whenNumberIsMissing_thenIsRefused() {
        // given
        var subject = new WeightText();

        // when / then
        assertThatThrownBy(() -> subject.grams("kg"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weight has no number");
    }

    @Test
    void isKilograms_whenUnitIsGrams_thenReturnsFalse() {
        // given
        var subject = new WeightText();

        // when
        var actual = subject.isKilograms("300 g");

        // then
        assertThat(actual).as("is kilograms").isFalse();
    }

    @Test
    void format_whenWeightIsLight_thenShowsGrams() {
        // given
        var subject = new WeightText();

        // when
        var actual = subject.format(300);

        // then
        assertThat(actual).as("format").isEqualTo("300 g");
    }

    @Test
    void format_whenWeightIsHeavy_thenShowsKilograms() {
        // given
        var subject = new WeightText();

        // when
        var actual = subject.format(2500);

        // then
        assertThat(actual).as("format").isEqualTo("2.5 kg");
    }

    @Test
    void heavier_whenUnitsDiffer_thenReturnsTheHeavierText() {
        // given
        var subject = new WeightText();

        // when
        var actual = subject.heavier("900 g", "1 kg");

        // then
        assertThat(actual).as("heavier").isEqualTo("1 kg");
    }
}
