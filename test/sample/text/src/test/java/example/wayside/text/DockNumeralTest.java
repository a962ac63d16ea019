package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockNumeralTest {

    @ParameterizedTest
    @CsvSource({"1, I", "4, IV", "9, IX", "14, XIV", "39, XXXIX"})
    void toRoman_whenDockExists_thenReturnsItsNumeral(int dock, String expected) {
        // given
        var subject = new DockNumeral();

        // when
        var actual = subject.toRoman(dock);

        // then
        assertThat(actual).as("to roman").isEqualTo(expected);
    }

    @Test
    void toRoman_whenDockIsZero_thenIsRefused() {
        // given
        var subject = new DockNumeral();

        // when / then
        assertThatThrownBy(() -> subject.toRoman(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dock does not exist");
    }

    @Test
    void toNumber_whenNumeralIsTwelve_thenReturnsTwelve() {
        // given
        var subject = new DockNumeral();

        // when
        var actual = subject.toNumber("XII");

        // then
        assertThat(actual).as("to number").isEqualTo(12);
    }

    @Test
    void toNumber_whenNumeralIsUnknown_thenIsRefused() {
        // given
        var subject = new DockNumeral();

        // when / then
        assertThatThrownBy(() -> subject.toNumber("IIII"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("numeral is unknown");
    }

    @Test
    void isNumeral_whenTextIsEmpty_thenReturnsFalse() {
        // given
        var subject = new DockNumeral();

        // when
        var actual = subject.isNumeral("");

        // then
        assertThat(actual).as("is numeral").isFalse();
    }

    @Test
    void next_whenNumeralIsNine_thenReturnsTen() {
        // given
        var subject = new DockNumeral();

        // when
        var actual = subject.next("IX");

        // then
        assertThat(actual).as("next").isEqualTo("X");
    }
}
