package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DurationTextTest {

    @Test
    void format_whenDurationIsUnderAnHour_thenShowsMinutesOnly() {
        // given
        var subject = new DurationText();

        // when
        var actual = subject.format(45);

        // then
        assertThat(actual).as("format").isEqualTo("45m");
    }

    @Test
    void format_whenDurationIsOverAnHour_thenPadsTheMinutes() {
        // given
        var subject = new DurationText();

        // when
        var actual = subject.format(125);

        // then
        assertThat(actual).as("format").isEqualTo("2h 05m");
    }

    @Test
    void format_whenDurationIsNegative_thenIsRefused() {
        // given
        var subject = new DurationText();

        // when / then
        assertThatThrownBy(() -> subject.format(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("duration is negative");
    }

    @Test
    void parse_whenHoursAndMinutesAreGiven_thenAddsThem() {
        // given
        var subject = new DurationText();

        // when
        var actual = subject.parse("1h 30m");

        // then
        assertThat(actual).as("parse").isEqualTo(90);
    }

    @Test
    void parse_whenUnitIsUnknown_thenIsRefused() {
        // given
        var subject = new DurationText();

        // when / then
        assertThatThrownBy(() -> subject.parse("3d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("duration is malformed");
    }

    @Test
    void rough_whenDurationIsHalfADay_thenReturnsToday() {
        // given
        var subject = new DurationText();

        // when
        var actual = subject.rough(720);

        // then
        assertThat(actual).as("rough").isEqualTo("today");
    }

    @Test
    void isLong_whenDurationIsNineHours_thenReturnsTrue() {
        // given
        var subject = new DurationText();

        // when
        var actual = subject.isLong("9h");

        // then
        assertThat(actual).as("is long").isTrue();
    }
}
