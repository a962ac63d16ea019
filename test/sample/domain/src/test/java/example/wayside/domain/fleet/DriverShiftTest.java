package example.wayside.domain.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DriverShiftTest {

    @Test
    void hours_whenShiftIsInTheMorning_thenReturnsTheDifference() {
        // given
        var subject = new DriverShift(6, 14);

        // when
        var actual = subject.hours();

        // then
        assertThat(actual).as("hours").isEqualTo(8);
    }

    @Test
    void breakMinutes_whenShiftIsShort_thenReturnsZero() {
        // given
        var subject = new DriverShift(8, 12);

        // when
        var actual = subject.breakMinutes();

        // then
        assertThat(actual).as("break minutes").isZero();
    }

    @Test
    void breakMinutes_whenShiftIsLong_thenReturnsFortyFive() {
        // given
        var subject = new DriverShift(6, 16);

        // when
        var actual = subject.breakMinutes();

        // then
        assertThat(actual).as("break minutes").isEqualTo(45);
    }

    @Test
    void covers_whenHourIsTheEnd_thenReturnsFalse() {
        // given
        var subject = new DriverShift(6, 14);

        // when
        var actual = subject.covers(14);

        // then
        assertThat(actual).as("covers").isFalse();
    }

    @Test
    void overlaps_whenShiftsTouch_thenReturnsFalse() {
        // given
        var subject = new DriverShift(6, 14);

        // when
        var actual = subject.overlaps(new DriverShift(14, 20));

        // then
        assertThat(actual).as("overlaps").isFalse();
    }

    @Test
    void overlaps_whenOneStartsWithinTheOther_thenReturnsTrue() {
        // given
        var subject = new DriverShift(6, 14);

        // when
        var actual = subject.overlaps(new DriverShift(13, 20));

        // then
        assertThat(actual).as("overlaps").isTrue();
    }

    @Test
    void extendedBy_whenShiftStaysShort_thenMovesTheEnd() {
        // given
        var subject = new DriverShift(6, 14);

        // when
        var actual = subject.extendedBy(2);

        // then
        assertThat(actual.hours()).as("extended by").isEqualTo(10);
    }

    @Test
    void extendedBy_whenShiftGetsTooLong_thenIsRefused() {
        // given
        var subject = new DriverShift(6, 14);

        // when / then
        assertThatThrownBy(() -> subject.extendedBy(5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shift is too long");
    }
}
