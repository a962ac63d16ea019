package example.wayside.gateway;

/** Asks the scanners' network for the last place of a parcel. */
public interface TrackingClient {

    String lastPlace(String code);
}
