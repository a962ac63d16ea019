package example.wayside.legacy;

/** A record of the old host: columns 0 to 5 code, 6 to 9 zone, from 10 the note. */
public class FixedWidthRecord {

    private final String line;

    public FixedWidthRecord(String line) {
        if (line.length() < 10) {
            throw new IllegalArgumentException("record is too short");
        }
        this.line = line;
    }

    public String code() {
        return line.substring(0, 6).trim();
    }

    public String zone() {
        return line.substring(6, 10).trim();
    }

    public String note() {
        return line.substring(10).trim();
    }

    public boolean hasNote() {
        return !note().isEmpty();
    }

    public String column(int from, int to) {
        if (to > line.length()) {
            throw new IndexOutOfBoundsException("column is outside the record");
        }
        return line.substring(from, to);
    }

    public boolean isInZone(String zone) {
        return zone().equals(zone);
    }

    public String toCsv() {
        return code() + ";" + zone() + ";" + note();
    }
}
