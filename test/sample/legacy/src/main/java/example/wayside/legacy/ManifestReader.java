package example.wayside.legacy;

import java.util.ArrayList;
import java.util.List;

/** Reads the morning manifest: one parcel code a line, blank lines and remarks in between. */
public class ManifestReader {

    private final String remarkMark;

    public ManifestReader(String remarkMark) {
        this.remarkMark = remarkMark;
    }

    public List<String> codes(String manifest) {
        List<String> codes = new ArrayList<>();
        for (String line : manifest.split("\n")) {
            if (!line.isBlank() && !isRemark(line)) {
                codes.add(line.trim());
            }
        }
        return codes;
    }

    public boolean isRemark(String line) {
        return line.trim().startsWith(remarkMark);
    }

    public String firstCode(String manifest) {
        List<String> codes = codes(manifest);
        if (codes.isEmpty()) {
            throw new IllegalArgumentException("manifest is empty");
        }
        return codes.get(0);
    }

    public int codeCount(String manifest) {
        return codes(manifest).size();
    }

    public boolean lists(String manifest, String code) {
        return codes(manifest).contains(code);
    }

    public List<String> missing(String manifest, List<String> scanned) {
        List<String> rest = codes(manifest);
        rest.removeAll(scanned);
        return rest;
    }
}
