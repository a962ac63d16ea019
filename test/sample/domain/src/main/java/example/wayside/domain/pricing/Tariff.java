package example.wayside.domain.pricing;

import example.wayside.domain.parcel.Parcel;

/** Prices by weight: a base price, and an extra for every kilogram begun. */
public final class Tariff {

    private final Money base;
    private final Money perKilogram;
    private final int limitGrams;

    public Tariff(Money base, Money perKilogram, int limitGrams) {
        this.base = base;
        this.perKilogram = perKilogram;
        this.limitGrams = limitGrams;
    }

    public int kilogramsBegun(int grams) {
        return (grams + 999) / 1000;
    }

    public Money priceFor(int grams) {
        if (grams > limitGrams) {
            throw new IllegalArgumentException("weight is over the limit");
        }
        return base.plus(perKilogram.times(kilogramsBegun(grams)));
    }

    public Money priceOf(Parcel parcel) {
        return priceFor(parcel.chargeableWeightGrams());
    }

    public boolean accepts(Parcel parcel) {
        return parcel.chargeableWeightGrams() <= limitGrams;
    }

    public Tariff raisedBy(int percent) {
        return new Tariff(base.plus(base.percent(percent)), perKilogram.plus(perKilogram.percent(percent)), limitGrams);
    }

    public boolean isCheaperThan(Tariff other, int grams) {
        return other.priceFor(grams).isMoreThan(priceFor(grams));
    }
}
