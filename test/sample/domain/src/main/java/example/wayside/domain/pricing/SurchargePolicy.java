package example.wayside.domain.pricing;

import example.wayside.domain.parcel.Parcel;

/** What is charged on top of the tariff. */
public final class SurchargePolicy {

    public Money forFragile(Parcel parcel) {
        return parcel.isFragile() ? new Money(250) : new Money(0);
    }

    public Money forSize(Parcel parcel) {
        return parcel.dimensions().isOversize() ? new Money(900) : new Money(0);
    }

    public Money forValue(Parcel parcel) {
        if (parcel.declaredValue().isMoreThan(new Money(500_000))) {
            throw new IllegalArgumentException("value is not insurable");
        }
        return parcel.declaredValue().percent(1);
    }

    public Money forIsland(Parcel parcel) {
        return parcel.isBoundFor("9") ? new Money(400) : new Money(0);
    }

    public Money total(Parcel parcel) {
        return forFragile(parcel).plus(forSize(parcel)).plus(forValue(parcel)).plus(forIsland(parcel));
    }
}
