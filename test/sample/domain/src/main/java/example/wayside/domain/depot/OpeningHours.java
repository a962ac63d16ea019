package example.wayside.domain.depot;

/** The minutes of a day between which a depot is open. */
public final class OpeningHours {

    private final int opensAtMinute;
    private final int closesAtMinute;

    public OpeningHours(int opensAtMinute, int closesAtMinute) {
        if (closesAtMinute <= opensAtMinute) {
            throw new IllegalArgumentException("depot closes before it opens");
        }
        this.opensAtMinute = opensAtMinute;
        this.closesAtMinute = closesAtMinute;
    }

    public boolean isOpenAt(int minute) {
        return minute >= opensAtMinute && minute < closesAtMinute;
    }

    public int minutesUntilClose(int minute) {
        if (!isOpenAt(minute)) {
            throw new IllegalStateException("depot is closed");
        }
        return closesAtMinute - minute;
    }

    public int lengthMinutes() {
        return closesAtMinute - opensAtMinute;
    }

    public OpeningHours shiftedBy(int minutes) {
        return new OpeningHours(opensAtMinute + minutes, closesAtMinute + minutes);
    }

    public String opensAtText() {
        return String.format("%02d:%02d", opensAtMinute / 60, opensAtMinute % 60);
    }

    public boolean isLongerThan(OpeningHours other) {
        return lengthMinutes() > other.lengthMinutes();
    }
}
