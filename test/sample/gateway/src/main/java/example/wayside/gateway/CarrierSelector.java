package example.wayside.gateway;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Chooses the partner that carries a parcel. */
public final class CarrierSelector {

    private final List<Carrier> carriers;

    public CarrierSelector(List<Carrier> carriers) {
        this.carriers = carriers;
    }

    public Optional<Carrier> firstAvailable() {
        return carriers.stream().filter(Carrier::isAvailable).findFirst();
    }

    public Carrier cheapest(int grams) {
        return carriers.stream()
                .filter(Carrier::isAvailable)
                .min(Comparator.comparingInt(carrier -> carrier.quoteCents(grams)))
                .orElseThrow(() -> new IllegalStateException("no carrier is available"));
    }

    public long availableCount() {
        return carriers.stream().filter(Carrier::isAvailable).count();
    }

    public Carrier named(String name) {
        for (Carrier carrier : carriers) {
            if (carrier.name().equals(name)) {
                return carrier;
            }
        }
        throw new IllegalArgumentException("carrier is unknown");
    }

    public boolean isAnyCheaperThan(int cents, int grams) {
        return carriers.stream().anyMatch(carrier -> carrier.quoteCents(grams) < cents);
    }

    public List<String> names() {
        return carriers.stream().map(Carrier::name).sorted().toList();
    }
}
