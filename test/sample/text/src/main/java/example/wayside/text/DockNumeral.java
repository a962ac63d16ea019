package example.wayside.text;

/** Loading docks carry Roman numerals from I to XXXIX. */
public final class DockNumeral {

    private static final String[] ONES = {"", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"};

    public String toRoman(int dock) {
        if (dock < 1 || dock > 39) {
            throw new IllegalArgumentException("dock does not exist");
        }
        return "X".repeat(dock / 10) + ONES[dock % 10];
    }

    public int toNumber(String roman) {
        for (int dock = 1; dock <= 39; dock++) {
            if (toRoman(dock).equals(roman)) {
                return dock;
            }
        }
        throw new IllegalArgumentException("numeral is unknown");
    }

    public boolean isNumeral(String text) {
        return text.matches("X{0,3}(IX|IV|V?I{0,3})") && !text.isEmpty();
    }

    public String next(String roman) {
        return toRoman(toNumber(roman) + 1);
    }

    public String sign(int dock) {
        return "DOCK " + toRoman(dock);
    }

    public int distance(String left, String right) {
        return Math.abs(toNumber(left) - toNumber(right));
    }
}
