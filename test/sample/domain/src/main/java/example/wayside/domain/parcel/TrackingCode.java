package example.wayside.domain.parcel;

/** A two-letter country, eight digits and one check digit, for instance {@code AT123456786}. */
public final class TrackingCode {

    private final String value;

    public TrackingCode(String value) {
        if (!value.matches("[A-Z]{2}[0-9]{9}")) {
            throw new IllegalArgumentException("tracking code is malformed");
        }
        this.value = value;
    }

    public String country() {
        return value.substring(0, 2);
    }

    public String serial() {
        return value.substring(2, 10);
    }

    public boolean isFrom(String country) {
        return country().equalsIgnoreCase(country);
    }

    public int expectedCheckDigit() {
        int sum = 0;
        for (char digit : serial().toCharArray()) {
            sum += digit - '0';
        }
        return sum % 10;
    }

    public boolean isGenuine() {
        return value.charAt(10) - '0' == expectedCheckDigit();
    }

    public String masked() {
        return country() + "******" + value.substring(8);
    }

    public String grouped() {
        return country() + " " + value.substring(2, 6) + " " + value.substring(6, 10) + " " + value.substring(10);
    }
}
