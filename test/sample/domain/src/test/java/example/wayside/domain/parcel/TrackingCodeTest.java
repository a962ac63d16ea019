package example.wayside.domain.parcel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrackingCodeTest {

    @Test
    void country_whenCodeIsAustrian_thenReturnsTheFirstTwoLetters() {
        // given
        var subject = new TrackingCode("AT123456786");

        // when
        var actual = subject.country();

        // then
        assertThat(actual).as("country").isEqualTo("AT");
    }

    @Test
    void serial_whenCodeIsComplete_thenReturnsTheEightDigits() {
        // given
        var subject = new TrackingCode("AT123456786");

        // when
        var actual = subject.serial();

        // then
        assertThat(actual).as("serial").isEqualTo("12345678");
    }

    @Test
    void isFrom_whenCaseDiffers_thenReturnsTrue() {
        // given
        var subject = new TrackingCode("DE100000001");

        // when
        var actual = subject.isFrom("de");

        // then
        assertThat(actual).as("is from").isTrue();
    }

    @Test
    void isFrom_whenCountryDiffers_thenReturnsFalse() {
        // given
        var subject = new TrackingCode("DE100000001");

        // when
        var actual = subject.isFrom("AT");

        // then
        assertThat(actual).as("is from").isFalse();
    }

    @Test
    void isGenuine_whenCheckDigitMatches_thenReturnsTrue() {
        // given
        var subject = new TrackingCode("DE111100004");

        // when
        var actual = subject.isGenuine();

        // then
        assertThat(actual).as("is genuine").isTrue();
    }

    @Test
    void isGenuine_whenCheckDigitDiffers_thenReturnsFalse() {
        // given
        var subject = new TrackingCode("DE111100005");

        // when
        var actual = subject.isGenuine();

        // then
        assertThat(actual).as("is genuine").isFalse();
    }

    @Test
    void masked_whenCodeIsComplete_thenHidesTheMiddle() {
        // given
        var subject = new TrackingCode("AT123456786");

        // when
        var actual = subject.masked();

        // then
        assertThat(actual).as("masked").isEqualTo("AT******786");
    }
}
