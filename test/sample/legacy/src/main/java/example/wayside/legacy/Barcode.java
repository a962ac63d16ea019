package example.wayside.legacy;

/** A numeric barcode whose last digit checks the others, weighted 3 and 1 in turn. */
public class Barcode {

    private final String digits;

    public Barcode(String digits) {
        if (!digits.matches("[0-9]{2,}")) {
            throw new IllegalArgumentException("barcode needs digits");
        }
        this.digits = digits;
    }

    public int checkDigit() {
        int sum = 0;
        for (int i = 0; i < digits.length() - 1; i++) {
            int digit = digits.charAt(i) - '0';
            sum += i % 2 == 0 ? digit * 3 : digit;
        }
        return (10 - sum % 10) % 10;
    }

    public boolean isValid() {
        return digits.charAt(digits.length() - 1) - '0' == checkDigit();
    }

    public String payload() {
        return digits.substring(0, digits.length() - 1);
    }

    public String prefix(int length) {
        if (length > digits.length()) {
            throw new IllegalArgumentException("barcode is too short");
        }
        return digits.substring(0, length);
    }

    public boolean startsWith(String prefix) {
        return digits.startsWith(prefix);
    }

    public int length() {
        return digits.length();
    }

    public Barcode corrected() {
        return new Barcode(payload() + checkDigit());
    }
}
