package example.wayside.text;

/** One line of an address, for instance {@code Mill Lane 12/3}. */
public final class AddressLine {

    private final String line;

    public AddressLine(String line) {
        this.line = line.trim();
    }

    public String street() {
        return hasNumber() ? line.substring(0, line.lastIndexOf(' ')) : line;
    }

    public boolean hasNumber() {
        return line.matches(".+ [0-9]+[a-z]?(/[0-9]+)?");
    }

    public String number() {
        if (!hasNumber()) {
            throw new IllegalStateException("address has no number");
        }
        String last = line.substring(line.lastIndexOf(' ') + 1);
        return last.contains("/") ? last.substring(0, last.indexOf('/')) : last;
    }

    public String door() {
        int slash = line.indexOf('/');
        return slash < 0 ? "" : line.substring(slash + 1);
    }

    public boolean isPostBox() {
        return line.toLowerCase().startsWith("po box");
    }

    public String shortened(int maxLength) {
        if (line.length() <= maxLength) {
            return line;
        }
        return line.substring(0, maxLength - 1) + ".";
    }
}
