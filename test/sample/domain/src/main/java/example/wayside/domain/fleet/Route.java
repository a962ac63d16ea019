package example.wayside.domain.fleet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The stops of one tour, in the order in which they are driven. */
public final class Route {

    private final List<String> stops;

    public Route(List<String> stops) {
        this.stops = List.copyOf(stops);
    }

    public List<String> stops() {
        return stops;
    }

    public Route via(String stop) {
        if (stops.contains(stop)) {
            throw new IllegalArgumentException("stop is already on the route");
        }
        List<String> extended = new ArrayList<>(stops);
        extended.add(stop);
        return new Route(extended);
    }

    public Route reversed() {
        List<String> turned = new ArrayList<>(stops);
        Collections.reverse(turned);
        return new Route(turned);
    }

    public Optional<String> stopAfter(String stop) {
        int index = stops.indexOf(stop);
        if (index < 0 || index == stops.size() - 1) {
            return Optional.empty();
        }
        return Optional.of(stops.get(index + 1));
    }

    public boolean passes(String stop) {
        return stops.contains(stop);
    }

    public int legCount() {
        return Math.max(0, stops.size() - 1);
    }

    public boolean isRoundTrip() {
        return stops.size() > 1 && stops.get(0).equals(stops.get(stops.size() - 1));
    }

    public List<String> sharedStops(Route other) {
        return stops.stream().filter(other.stops::contains).toList();
    }

    public String describe() {
        return String.join(" > ", stops);
    }
}
