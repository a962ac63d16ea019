package example.wayside.domain.pricing;

/** What regular senders save. */
public final class DiscountPolicy {

    private final int maxPercent;

    public DiscountPolicy(int maxPercent) {
        this.maxPercent = maxPercent;
    }

    public int percentFor(int parcelsPerMonth) {
        if (parcelsPerMonth < 0) {
            throw new IllegalArgumentException("parcel count is negative");
        }
        if (parcelsPerMonth < 10) {
            return 0;
        }
        return Math.min(maxPercent, parcelsPerMonth < 100 ? 5 : 12);
    }

    public Money discountOn(Money price, int parcelsPerMonth) {
        return price.percent(percentFor(parcelsPerMonth));
    }

    public Money reduced(Money price, int parcelsPerMonth) {
        return price.minus(discountOn(price, parcelsPerMonth));
    }

    public boolean isRegular(int parcelsPerMonth) {
        return parcelsPerMonth >= 10;
    }

    public int parcelsToNextStep(int parcelsPerMonth) {
        if (parcelsPerMonth < 10) {
            return 10 - parcelsPerMonth;
        }
        return Math.max(0, 100 - parcelsPerMonth);
    }
}
