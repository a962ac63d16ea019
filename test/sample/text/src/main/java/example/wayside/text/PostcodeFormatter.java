package example.wayside.text;

/** Brings postcodes of the form {@code A-1010} into one shape. */
public final class PostcodeFormatter {

    public String compact(String postcode) {
        return postcode.replace(" ", "").toUpperCase();
    }

    public boolean isValid(String postcode) {
        return compact(postcode).matches("[A-Z]-[0-9]{4}");
    }

    public String country(String postcode) {
        requireValid(postcode);
        return compact(postcode).substring(0, 1);
    }

    public String digits(String postcode) {
        requireValid(postcode);
        return compact(postcode).substring(2);
    }

    public boolean sameArea(String left, String right) {
        return digits(left).substring(0, 2).equals(digits(right).substring(0, 2));
    }

    public String onLabel(String postcode, String city) {
        return compact(postcode) + " " + city.toUpperCase();
    }

    private void requireValid(String postcode) {
        if (!isValid(postcode)) {
            throw new IllegalArgumentException("postcode is malformed");
        }
    }
}
