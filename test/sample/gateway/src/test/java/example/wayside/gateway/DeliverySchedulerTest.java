package example.wayside.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import org.junit.jupiter.api.Test;

class DeliverySchedulerTest extends GatewayTestCase {

    @Test
    void canDeliverOn_whenDayIsAHoliday_thenReturnsFalse() {
        // given
        var holidays = mock(HolidayCalendar.class);
        var subject = new DeliveryScheduler(holidays, clock);
        given(holidays.isHoliday(MONDAY)).willReturn(true);

        // when
        var actual = subject.canDeliverOn(MONDAY);

        // then
        assertThat(actual).as("can deliver on").isFalse();
    }

    @Test
    void canDeliverOn_whenDayIsAMonday_thenReturnsTrue() {
        // given
        var holidays = mock(HolidayCalendar.class);
        var subject = new DeliveryScheduler(holidays, clock);
        given(holidays.isHoliday(MONDAY)).willReturn(false);

        // when
        var actual = subject.canDeliverOn(MONDAY);

        // then
        assertThat(actual).as("can deliver on").isTrue();
    }

    @Test
    void nextDeliveryDay_whenTomorrowIsAHoliday_thenSkipsIt() {
        // given
        var holidays = mock(HolidayCalendar.class);
        var subject = new DeliveryScheduler(holidays, clock);
        given(holidays.isHoliday(MONDAY.plusDays(1))).willReturn(true);

        // when
        var actual = subject.nextDeliveryDay(MONDAY);

        // then
        assertThat(actual).as("next delivery day").isEqualTo(MONDAY.plusDays(2));
    }

    @Test
    void nextDeliveryDay_whenTomorrowIsASunday_thenReturnsTheMonday() {
        // given
        var holidays = mock(HolidayCalendar.class);
        var subject = new DeliveryScheduler(holidays, clock);
        var saturday = MONDAY.minusDays(2);

        // when
        var actual = subject.nextDeliveryDay(saturday);

        // then
        assertThat(actual).as("next delivery day").isEqualTo(MONDAY);
    }

    @Test
    void reserve_whenDayIsFree_thenReturnsIt() {
        // given
        var holidays = mock(HolidayCalendar.class);
        var subject = new DeliveryScheduler(holidays, clock);
        given(holidays.isHoliday(MONDAY.plusDays(3))).willReturn(false);

        // when
        var actual = subject.reserve(MONDAY.plusDays(3));

        // then
        assertThat(actual).as("reserve").isEqualTo(MONDAY.plusDays(3));
    }

    @Test
    void reserve_whenDayIsToday_thenIsRefused() {
        // given
        var holidays = mock(HolidayCalendar.class);
        var subject = new DeliveryScheduler(holidays, clock);

        // when / then
        assertThatThrownBy(() -> subject.reserve(MONDAY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("day is not in the future");
    }

    @Test
    void reserve_whenDayIsAHoliday_thenIsRefused() {
        // given
        var holidays = mock(HolidayCalendar.class);
        var subject = new DeliveryScheduler(holidays, clock);
        given(holidays.isHoliday(MONDAY.plusDays(1))).willReturn(true);

        // when / then
        assertThatThrownBy(() -> subject.reserve(MONDAY.plusDays(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nobody drives on that day");
    }

    @Test
    void isLate_whenPromiseWasYesterday_thenReturnsTrue() {
        // given
        var holidays = mock(HolidayCalendar.class);
        var subject = new DeliveryScheduler(holidays, clock);

        // when
        var actual = subject.isLate(MONDAY.minusDays(1));

        // then
        assertThat(actual).as("is late").isTrue();
    }
}
