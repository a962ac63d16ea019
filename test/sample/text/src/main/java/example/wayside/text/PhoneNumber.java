package example.wayside.text;

/** A phone number as the sender typed it. */
public final class PhoneNumber {

    private final String typed;

    public PhoneNumber(String typed) {
        this.typed = typed;
    }

    public String digits() {
        return typed.replaceAll("[^0-9]", "");
    }

    public boolean isInternational() {
        return typed.startsWith("+") || typed.startsWith("00");
    }

    public boolean isDialable() {
        int length = digits().length();
        return length >= 6 && length <= 15;
    }

    public String lastFour() {
        String digits = digits();
        if (digits.length() < 4) {
            throw new IllegalStateException("number is too short");
        }
        return digits.substring(digits.length() - 4);
    }

    public String masked() {
        return "***" + lastFour();
    }

    public boolean sameAs(PhoneNumber other) {
        return digits().equals(other.digits());
    }
}
