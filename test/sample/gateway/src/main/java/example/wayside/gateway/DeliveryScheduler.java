package example.wayside.gateway;

import java.time.Clock;
import java.time.DayOfWeek;
import java.time.LocalDate;

/** Finds the days on which a parcel can arrive. */
public final class DeliveryScheduler {

    private final HolidayCalendar holidays;
    private final Clock clock;

    public DeliveryScheduler(HolidayCalendar holidays, Clock clock) {
        this.holidays = holidays;
        this.clock = clock;
    }

    public boolean canDeliverOn(LocalDate day) {
        return day.getDayOfWeek() != DayOfWeek.SUNDAY && !holidays.isHoliday(day);
    }

    public LocalDate nextDeliveryDay(LocalDate day) {
        LocalDate next = day.plusDays(1);
        while (!canDeliverOn(next)) {
            next = next.plusDays(1);
        }
        return next;
    }

    public LocalDate earliestDelivery() {
        return nextDeliveryDay(LocalDate.now(clock));
    }

    public LocalDate reserve(LocalDate day) {
        if (!day.isAfter(LocalDate.now(clock))) {
            throw new IllegalArgumentException("day is not in the future");
        }
        if (!canDeliverOn(day)) {
            throw new IllegalStateException("nobody drives on that day");
        }
        return day;
    }

    public boolean isLate(LocalDate promised) {
        return LocalDate.now(clock).isAfter(promised);
    }

    public int daysUntil(LocalDate day) {
        return (int) (day.toEpochDay() - LocalDate.now(clock).toEpochDay());
    }
}
