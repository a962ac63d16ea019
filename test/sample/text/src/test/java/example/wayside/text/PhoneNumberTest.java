package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PhoneNumberTest {

    @Test
    void digits_whenNumberHasSeparators_thenRemovesThem() {
        // given
        var subject = new PhoneNumber("+43 (1) 555-01");

        // when
        var actual = subject.digits();

        // then
        assertThat(actual).as("digits").isEqualTo("43155501");
    }

    @Test
    void isInternational_whenNumberStartsWithPlus_thenReturnsTrue() {
        // given
        var subject = new PhoneNumber("+43 1 55501");

        // when
        var actual = subject.isInternational();

        // then
        assertThat(actual).as("is international").isTrue();
    }

    @Test
    void isInternational_whenNumberIsLocal_thenReturnsFalse() {
        // given
        var subject = new PhoneNumber("01 55501");

        // when
        var actual = subject.isInternational();

        // then
        assertThat(actual).as("is international").isFalse();
    }

    @Test
    void isDialable_whenNumberIsTooShort_thenReturnsFalse() {
        // given
        var subject = new PhoneNumber("12345");

        // when
        var actual = subject.isDialable();

        // then
        assertThat(actual).as("is dialable").isFalse();
    }

    @Test
    void lastFour_whenNumberIsLong_thenReturnsItsEnd() {
        // given
        var subject = new PhoneNumber("01 555 1234");

        // when
        var actual = subject.lastFour();

        // then
        assertThat(actual).as("last four").isEqualTo("1234");
    }

    @Test
    void lastFour_whenNumberIsTooShort_thenIsRefused() {
        // given
        var subject = new PhoneNumber("133");

        // when / then
        assertThatThrownBy(() -> subject.lastFour())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("number is too short");
    }

    @Test
    void masked_whenNumberIsLong_thenShowsItsEndOnly() {
        // given
        var subject = new PhoneNumber("01 555 1234");

        // when
        var actual = subject.masked();

        // then
        assertThat(actual).as("masked").isEqualTo("***1234");
    }
}
