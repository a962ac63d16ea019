package example.wayside.domain.parcel;

import example.wayside.domain.pricing.Money;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Several parcels that one sender hands over together. */
public final class Consignment {

    private final String sender;
    private final List<Parcel> parcels;

    public Consignment(String sender, List<Parcel> parcels) {
        this.sender = sender;
        this.parcels = new ArrayList<>(parcels);
    }

    public String sender() {
        return sender;
    }

    public int totalWeightGrams() {
        return parcels.stream().mapToInt(Parcel::weightGrams).sum();
    }

    public Money totalDeclaredValue() {
        Money total = new Money(0);
        for (Parcel parcel : parcels) {
            total = total.plus(parcel.declaredValue());
        }
        return total;
    }

    public Optional<Parcel> heaviest() {
        return parcels.stream().max((a, b) -> Integer.compare(a.weightGrams(), b.weightGrams()));
    }

    public List<String> codesBoundFor(String area) {
        return parcels.stream().filter(parcel -> parcel.isBoundFor(area)).map(Parcel::code).toList();
    }

    public boolean hasFragileParcel() {
        return parcels.stream().anyMatch(Parcel::isFragile);
    }

    public Consignment without(String code) {
        List<Parcel> rest = parcels.stream().filter(parcel -> !parcel.code().equals(code)).toList();
        if (rest.size() == parcels.size()) {
            throw new IllegalArgumentException("parcel is not part of the consignment");
        }
        return new Consignment(sender, rest);
    }

    public int size() {
        return parcels.size();
    }
}
