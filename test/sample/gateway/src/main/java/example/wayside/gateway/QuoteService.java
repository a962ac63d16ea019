package example.wayside.gateway;

/** Tells a sender what a parcel will cost. */
public final class QuoteService {

    private final RateSource rates;

    public QuoteService(RateSource rates) {
        this.rates = rates;
    }

    public boolean serves(String zone) {
        return rates.centsPerKilogram(zone).isPresent();
    }

    public int quoteCents(String zone, int kilograms) {
        int rate = rates.centsPerKilogram(zone).orElseThrow(() -> new IllegalArgumentException("zone is not served"));
        return rate * kilograms;
    }

    public int expressCents(String zone, int kilograms) {
        return quoteCents(zone, kilograms) * 2;
    }

    public String cheaperZone(String left, String right) {
        return quoteCents(left, 1) <= quoteCents(right, 1) ? left : right;
    }

    public String describe(String zone, int kilograms) {
        if (!serves(zone)) {
            return "not served";
        }
        return zone + ": " + quoteCents(zone, kilograms) + " cents";
    }

    public int returnCents(String zone, int kilograms) {
        return quoteCents(zone, kilograms) / 2;
    }
}
