package example.wayside.gateway;

import java.time.LocalDate;

/** Knows the days on which nobody drives. */
public interface HolidayCalendar {

    boolean isHoliday(LocalDate day);
}
