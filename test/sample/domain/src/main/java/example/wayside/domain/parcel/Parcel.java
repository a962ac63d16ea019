package example.wayside.domain.parcel;

import example.wayside.domain.pricing.Money;
import java.util.ArrayList;
import java.util.List;

/** One parcel with everything that decides how it is carried. */
public final class Parcel {

    public static final int HEAVY_FROM_GRAMS = 20_000;

    private final String code;
    private final String postcode;
    private final int weightGrams;
    private final Dimensions dimensions;
    private final boolean fragile;
    private final Money declaredValue;

    public Parcel(String code, String postcode, int weightGrams, Dimensions dimensions, boolean fragile,
            Money declaredValue) {
        if (weightGrams <= 0) {
            throw new IllegalArgumentException("weight must be positive");
        }
        this.code = code;
        this.postcode = postcode;
        this.weightGrams = weightGrams;
        this.dimensions = dimensions;
        this.fragile = fragile;
        this.declaredValue = declaredValue;
    }

    public String code() {
        return code;
    }

    public String postcode() {
        return postcode;
    }

    public int weightGrams() {
        return weightGrams;
    }

    public Dimensions dimensions() {
        return dimensions;
    }

    public Money declaredValue() {
        return declaredValue;
    }

    public boolean isFragile() {
        return fragile;
    }

    public boolean isHeavy() {
        return weightGrams >= HEAVY_FROM_GRAMS;
    }

    public int volumetricWeightGrams() {
        return dimensions.volumeCubicCm() / 5;
    }

    public int chargeableWeightGrams() {
        return Math.max(weightGrams, volumetricWeightGrams());
    }

    public boolean needsSignature() {
        return fragile || declaredValue.isMoreThan(new Money(10_000));
    }

    public boolean isBoundFor(String area) {
        return postcode.startsWith(area);
    }

    public Parcel redirectedTo(String newPostcode) {
        if (newPostcode.isBlank()) {
            throw new IllegalArgumentException("postcode is blank");
        }
        return new Parcel(code, newPostcode, weightGrams, dimensions, fragile, declaredValue);
    }

    public List<String> handlingNotes() {
        List<String> notes = new ArrayList<>();
        if (isHeavy()) {
            notes.add("two people");
        }
        if (fragile) {
            notes.add("this side up");
        }
        if (dimensions.isOversize()) {
            notes.add("no conveyor");
        }
        return notes;
    }
}
