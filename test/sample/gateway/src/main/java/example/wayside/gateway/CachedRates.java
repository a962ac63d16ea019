package example.wayside.gateway;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Remembers rates, so that the price list is asked once for each zone. */
public final class CachedRates implements RateSource {

    private final RateSource origin;
    private final Map<String, Optional<Integer>> remembered = new HashMap<>();

    public CachedRates(RateSource origin) {
        this.origin = origin;
    }

    @Override
    public Optional<Integer> centsPerKilogram(String zone) {
        return remembered.computeIfAbsent(zone, origin::centsPerKilogram);
    }

    public int warmUp(String... zones) {
        for (String zone : zones) {
            centsPerKilogram(zone);
        }
        return remembered.size();
    }

    public boolean forget(String zone) {
        return remembered.remove(zone) != null;
    }

    public boolean remembers(String zone) {
        return remembered.containsKey(zone);
    }

    public int rateOr(String zone, int fallbackCents) {
        return centsPerKilogram(zone).orElse(fallbackCents);
    }
}
