package example.wayside.domain.depot;

import example.wayside.domain.parcel.Parcel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A building in which parcels wait for their van. */
public final class Depot {

    private final String name;
    private final int maxParcels;
    private final List<Parcel> waiting = new ArrayList<>();

    public Depot(String name, int maxParcels) {
        this.name = name;
        this.maxParcels = maxParcels;
    }

    public String name() {
        return name;
    }

    public int accept(Parcel parcel) {
        if (waiting.size() == maxParcels) {
            throw new IllegalStateException("depot is full");
        }
        waiting.add(parcel);
        return waiting.size();
    }

    public Parcel release(String code) {
        Parcel parcel = find(code).orElseThrow(() -> new IllegalArgumentException("parcel is not here"));
        waiting.remove(parcel);
        return parcel;
    }

    public Optional<Parcel> find(String code) {
        return waiting.stream().filter(parcel -> parcel.code().equals(code)).findFirst();
    }

    public Optional<Parcel> heaviest() {
        return waiting.stream().max(Comparator.comparingInt(Parcel::weightGrams));
    }

    public long countBoundFor(String area) {
        return waiting.stream().filter(parcel -> parcel.isBoundFor(area)).count();
    }

    public boolean isCrowded() {
        return waiting.size() * 10 >= maxParcels * 8;
    }

    public List<String> codesByWeight() {
        return waiting.stream()
                .sorted(Comparator.comparingInt(Parcel::weightGrams))
                .map(Parcel::code)
                .toList();
    }
}
