package example.wayside.text;

import java.util.List;

/** Lays out the text of a parcel label of fixed width. */
public final class LabelPrinter {

    private final int width;

    public LabelPrinter(int width) {
        this.width = width;
    }

    public String left(String text) {
        requireFits(text);
        return text + " ".repeat(width - text.length());
    }

    public String right(String text) {
        requireFits(text);
        return " ".repeat(width - text.length()) + text;
    }

    public String centred(String text) {
        requireFits(text);
        int before = (width - text.length()) / 2;
        return " ".repeat(before) + text + " ".repeat(width - text.length() - before);
    }

    public String rule() {
        return "-".repeat(width);
    }

    public String boxed(String text) {
        return "|" + centred(text) + "|";
    }

    public String page(List<String> lines) {
        StringBuilder page = new StringBuilder(rule());
        for (String line : lines) {
            page.append('\n').append(left(line));
        }
        return page.append('\n').append(rule()).toString();
    }

    private void requireFits(String text) {
        if (text.length() > width) {
            throw new IllegalArgumentException("text is too wide");
        }
    }
}
