package example.wayside.domain.fleet;

/** A driver's working time within one day, in whole hours from 0 to 24. */
public final class DriverShift {

    private final int startHour;
    private final int endHour;

    public DriverShift(int startHour, int endHour) {
        if (endHour <= startHour) {
            throw new IllegalArgumentException("shift ends before it starts");
        }
        this.startHour = startHour;
        this.endHour = endHour;
    }

    public int hours() {
        return endHour - startHour;
    }

    public int breakMinutes() {
        if (hours() > 9) {
            return 45;
        }
        return hours() > 6 ? 30 : 0;
    }

    public int drivingMinutes() {
        return hours() * 60 - breakMinutes();
    }

    public boolean covers(int hour) {
        return hour >= startHour && hour < endHour;
    }

    public boolean overlaps(DriverShift other) {
        return startHour < other.endHour && other.startHour < endHour;
    }

    public boolean isNightShift() {
        return startHour < 6 || endHour > 22;
    }

    public DriverShift extendedBy(int moreHours) {
        if (hours() + moreHours > 12) {
            throw new IllegalArgumentException("shift is too long");
        }
        return new DriverShift(startHour, endHour + moreHours);
    }
}
