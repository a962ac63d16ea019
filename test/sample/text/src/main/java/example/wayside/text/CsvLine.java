package example.wayside.text;

import java.util.ArrayList;
import java.util.List;

/** Lines of a semicolon-separated file; quotes keep a semicolon within a cell. */
public final class CsvLine {

    public List<String> split(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(c);
            }
        }
        cells.add(cell.toString());
        return cells;
    }

    public String join(List<String> cells) {
        return String.join(";", cells.stream().map(this::quoted).toList());
    }

    public String quoted(String cell) {
        return cell.contains(";") ? "\"" + cell + "\"" : cell;
    }

    public String cell(String line, int index) {
        List<String> cells = split(line);
        if (index < 0 || index >= cells.size()) {
            throw new IndexOutOfBoundsException("cell is missing");
        }
        return cells.get(index);
    }

    public int cellCount(String line) {
        return split(line).size();
    }

    public boolean isComment(String line) {
        return line.startsWith("#");
    }
}
