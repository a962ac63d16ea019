package example.wayside.domain.parcel;

/** The outer size of a parcel in whole centimetres. */
public record Dimensions(int lengthCm, int widthCm, int heightCm) {

    public Dimensions {
        if (lengthCm <= 0 || widthCm <= 0 || heightCm <= 0) {
            throw new IllegalArgumentException("side must be positive");
        }
    }

    public int volumeCubicCm() {
        return lengthCm * widthCm * heightCm;
    }

    public int longestSideCm() {
        return Math.max(lengthCm, Math.max(widthCm, heightCm));
    }

    public int girthCm() {
        return 2 * (widthCm + heightCm);
    }

    public boolean isOversize() {
        return longestSideCm() > 120 || lengthCm + girthCm() > 300;
    }

    public boolean fitsInside(Dimensions box) {
        return lengthCm <= box.lengthCm && widthCm <= box.widthCm && heightCm <= box.heightCm;
    }

    public Dimensions turned() {
        return new Dimensions(widthCm, lengthCm, heightCm);
    }

    public Dimensions stackedOn(Dimensions below) {
        int length = Math.max(lengthCm, below.lengthCm);
        int width = Math.max(widthCm, below.widthCm);
        return new Dimensions(length, width, heightCm + below.heightCm);
    }
}
