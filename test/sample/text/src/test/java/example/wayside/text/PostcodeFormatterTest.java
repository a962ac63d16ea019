package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostcodeFormatterTest {

    @Test
    void compact_whenPostcodeHasSpaces_thenRemovesThem() {
        // given
        var subject = new PostcodeFormatter();

        // when
        var actual = subject.compact(" a-10 10");

        // then
        assertThat(actual).as("compact").isEqualTo("A-1010");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1010", "A-101", "AB-1010", "A-10101"})
    void isValid_whenPostcodeIsMalformed_thenReturnsFalse(String postcode) {
        // given
        var subject = new PostcodeFormatter();

        // when
        var actual = subject.isValid(postcode);

        // then
        assertThat(actual).as("is valid").isFalse();
    }

    @Test
    void isValid_whenPostcodeIsComplete_thenReturnsTrue() {
        // given
        var subject = new PostcodeFormatter();

        // when
        var actual = subject.isValid("A-1010");

        // then
        assertThat(actual).as("is valid").isTrue();
    }

    @Test
    void country_whenPostcodeIsGerman_thenReturnsItsLetter() {
        // given
        var subject = new PostcodeFormatter();

        // when
        var actual = subject.country("d-8033");

        // then
        assertThat(actual).as("country").isEqualTo("D");
    }

    @Test
    void country_whenPostcodeIsMalformed_thenIsRefused() {
        // given
        var subject = new PostcodeFormatter();

        // when / then
        assertThatThrownBy(() -> subject.country("8033"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("postcode is malformed");
    }

    @Test
    void digits_whenPostcodeIsComplete_thenReturnsTheFourDigits() {
        // given
        var subject = new PostcodeFormatter();

        // when
        var actual = subject.digits("A-6020");

        // then
        assertThat(actual).as("digits").isEqualTo("6020");
    }

    @Test
    void sameArea_whenFirstTwoDigitsDiffer_thenReturnsFalse() {
        // given
        var subject = new PostcodeFormatter();

        // when
        var actual = subject.sameArea("A-6020", "A-8020");

        // then
        assertThat(actual).as("same area").isFalse();
    }
}
