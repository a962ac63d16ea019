package example.wayside.domain.parcel;

/** Where a parcel stands on its way. */
public enum ParcelStatus {
    ANNOUNCED,
    COLLECTED,
    IN_TRANSIT,
    DELIVERED,
    RETURNED;

    public boolean isFinal() {
        return this == DELIVERED || this == RETURNED;
    }

    public boolean isOnTheRoad() {
        return this == COLLECTED || this == IN_TRANSIT;
    }

    public boolean canBecome(ParcelStatus next) {
        if (isFinal()) {
            return false;
        }
        return next.ordinal() == ordinal() + 1 || next == RETURNED;
    }

    public ParcelStatus successor() {
        if (isFinal()) {
            throw new IllegalStateException("status is final");
        }
        return values()[ordinal() + 1];
    }

    public String label() {
        return name().toLowerCase().replace('_', ' ');
    }
}
