package example.wayside.text;

/** Weights as they are typed, for instance {@code 2.5 kg} or {@code 300 g}. */
public final class WeightText {

    public int grams(String text) {
        String number = text.replaceAll("[^0-9.]", "");
        if (number.isEmpty()) {
            throw new IllegalArgumentException("weight has no number");
        }
        double amount = Double.parseDouble(number);
        return (int) Math.round(isKilograms(text) ? amount * 1000 : amount);
    }

    public boolean isKilograms(String text) {
        return text.trim().toLowerCase().endsWith("kg");
    }

    public String format(int grams) {
        if (grams < 1000) {
            return grams + " g";
        }
        return grams / 1000 + "." + grams % 1000 / 100 + " kg";
    }

    public String heavier(String left, String right) {
        return grams(left) >= grams(right) ? left : right;
    }

    public int totalGrams(String list) {
        int total = 0;
        for (String weight : list.split(",")) {
            total += grams(weight);
        }
        return total;
    }

    public boolean isLetter(String text) {
        return grams(text) <= 20;
    }
}
