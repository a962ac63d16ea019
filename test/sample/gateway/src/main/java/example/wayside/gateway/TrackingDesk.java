package example.wayside.gateway;

/** Answers where a parcel is, and keeps asking when the network stumbles. */
public final class TrackingDesk {

    private final TrackingClient client;
    private final int attempts;

    public TrackingDesk(TrackingClient client, int attempts) {
        this.client = client;
        this.attempts = attempts;
    }

    public String whereIs(String code) {
        String place = client.lastPlace(code);
        return place == null ? "not scanned yet" : place;
    }

    public boolean isScanned(String code) {
        return client.lastPlace(code) != null;
    }

    public String persistently(String code) {
        for (int attempt = 1; attempt <= attempts; attempt++) {
            try {
                return client.lastPlace(code);
            } catch (IllegalStateException stumbled) {
                // The next attempt may succeed.
            }
        }
        throw new IllegalStateException("network is down");
    }

    public boolean areTogether(String left, String right) {
        return isScanned(left) && whereIs(left).equals(whereIs(right));
    }

    public String answer(String code) {
        return "Parcel " + code + ": " + whereIs(code);
    }

    public boolean isAt(String code, String place) {
        return whereIs(code).equalsIgnoreCase(place);
    }
}
