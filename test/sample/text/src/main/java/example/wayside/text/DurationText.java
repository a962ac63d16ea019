package example.wayside.text;

/** Durations as people write them, for instance {@code 2h 05m}. */
public final class DurationText {

    public String format(int minutes) {
        if (minutes < 0) {
            throw new IllegalArgumentException("duration is negative");
        }
        if (minutes < 60) {
            return minutes + "m";
        }
        return String.format("%dh %02dm", minutes / 60, minutes % 60);
    }

    public int parse(String text) {
        int total = 0;
        for (String part : text.trim().split(" +")) {
            total += parsePart(part);
        }
        return total;
    }

    public String rough(int minutes) {
        if (minutes < 60) {
            return "within the hour";
        }
        return minutes < 24 * 60 ? "today" : "later";
    }

    public boolean isLong(String text) {
        return parse(text) > 8 * 60;
    }

    public String longer(String left, String right) {
        return parse(left) >= parse(right) ? left : right;
    }

    private static int parsePart(String part) {
        if (!part.matches("[0-9]+[hm]")) {
            throw new IllegalArgumentException("duration is malformed");
        }
        int amount = Integer.parseInt(part.substring(0, part.length() - 1));
        return part.endsWith("h") ? amount * 60 : amount;
    }
}
