package example.wayside.domain.depot;

import example.wayside.domain.parcel.Parcel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A shelf with a fixed number of slots, one parcel each. */
public final class Shelf {

    private final int slots;
    private final Map<String, Parcel> stored = new LinkedHashMap<>();

    public Shelf(int slots) {
        if (slots <= 0) {
            throw new IllegalArgumentException("slots must be positive");
        }
        this.slots = slots;
    }

    public int store(Parcel parcel) {
        if (isFull()) {
            throw new IllegalStateException("shelf is full");
        }
        stored.put(parcel.code(), parcel);
        return freeSlots();
    }

    public Optional<Parcel> take(String code) {
        return Optional.ofNullable(stored.remove(code));
    }

    public int freeSlots() {
        return slots - stored.size();
    }

    public boolean isFull() {
        return stored.size() >= slots;
    }

    public boolean holds(String code) {
        return stored.containsKey(code);
    }

    public Optional<String> firstCode() {
        return stored.keySet().stream().findFirst();
    }
}
