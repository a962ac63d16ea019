package example.wayside.domain.fleet;

import example.wayside.domain.parcel.Parcel;
import java.util.ArrayList;
import java.util.List;

/** A van with a limit on weight. */
public final class Van {

    private final String plate;
    private final int capacityGrams;
    private final List<Parcel> load = new ArrayList<>();

    public Van(String plate, int capacityGrams) {
        if (capacityGrams <= 0) {
            throw new IllegalArgumentException("capacity must be positive");
        }
        this.plate = plate;
        this.capacityGrams = capacityGrams;
    }

    public String plate() {
        return plate;
    }

    public int load(Parcel parcel) {
        if (parcel.weightGrams() > remainingGrams()) {
            throw new IllegalStateException("van is full");
        }
        load.add(parcel);
        return load.size();
    }

    public Parcel unload(String code) {
        for (Parcel parcel : load) {
            if (parcel.code().equals(code)) {
                load.remove(parcel);
                return parcel;
            }
        }
        throw new IllegalArgumentException("parcel is not on board");
    }

    public int remainingGrams() {
        return capacityGrams - load.stream().mapToInt(Parcel::weightGrams).sum();
    }

    public int fillPercent() {
        return (capacityGrams - remainingGrams()) * 100 / capacityGrams;
    }

    public boolean carries(String code) {
        return load.stream().anyMatch(parcel -> parcel.code().equals(code));
    }

    public boolean isEmpty() {
        return load.isEmpty();
    }

    public List<String> manifest() {
        return load.stream().map(Parcel::code).sorted().toList();
    }
}
