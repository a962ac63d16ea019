package example.wayside.domain.depot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpeningHoursTest {

    @Nested
    class WhileOpen {

        @ParameterizedTest
        @ValueSource(ints = {480, 600, 1019})
        void isOpenAt_whenMinuteIsWithinTheHours_thenReturnsTrue(int minute) {
            // given
            var subject = new OpeningHours(480, 1020);

            // when
            var actual = subject.isOpenAt(minute);

            // then
            assertThat(actual).as("is open at").isTrue();
        }

        @Test
        void minutesUntilClose_whenDepotIsOpen_thenReturnsTheRest() {
            // given
            var subject = new OpeningHours(480, 1020);

            // when
            var actual = subject.minutesUntilClose(1000);

            // then
            assertThat(actual).as("minutes until close").isEqualTo(20);
        }
    }

    @Nested
    class WhileClosed {

        @Test
        void isOpenAt_whenMinuteIsTheClosingMinute_thenReturnsFalse() {
            // given
            var subject = new OpeningHours(480, 1020);

            // when
            var actual = subject.isOpenAt(1020);

            // then
            assertThat(actual).as("is open at").isFalse();
        }

        @Test
        void minutesUntilClose_whenDepotIsClosed_thenIsRefused() {
            // given
            var subject = new OpeningHours(480, 1020);

            // when / then
            assertThatThrownBy(() -> subject.minutesUntilClose(1100))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("depot is closed");
        }
    }

    @Test
    void lengthMinutes_whenDepotOpensAtEight_thenReturnsTheDifference() {
        // given
        var subject = new OpeningHours(480, 1020);

        // when
        var actual = subject.lengthMinutes();

        // then
        assertThat(actual).as("length minutes").isEqualTo(540);
    }

    @Test
    void opensAtText_whenDepotOpensAtHalfPastSeven_thenPadsTheHour() {
        // given
        var subject = new OpeningHours(450, 1020);

        // when
        var actual = subject.opensAtText();

        // then
        assertThat(actual).as("opens at text").isEqualTo("07:30");
    }
}
