package example.wayside.legacy;

import java.util.Map;
import java.util.TreeMap;

/** Which zone a postcode belongs to, by the postcode's first digits. */
public class ZoneTable {

    private final Map<String, String> zones = new TreeMap<>();

    public int assign(String prefix, String zone) {
        if (zones.containsKey(prefix)) {
            throw new IllegalArgumentException("prefix is already assigned");
        }
        zones.put(prefix, zone);
        return zones.size();
    }

    public String zoneOf(String postcode) {
        for (int length = postcode.length(); length > 0; length--) {
            String zone = zones.get(postcode.substring(0, length));
            if (zone != null) {
                return zone;
            }
        }
        throw new IllegalArgumentException("postcode has no zone");
    }

    public boolean covers(String postcode) {
        return zones.keySet().stream().anyMatch(postcode::startsWith);
    }

    public boolean sameZone(String left, String right) {
        return zoneOf(left).equals(zoneOf(right));
    }

    public int prefixCount() {
        return zones.size();
    }

    public String firstPrefix() {
        return zones.isEmpty() ? "" : zones.keySet().iterator().next();
    }
}
