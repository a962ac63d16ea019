package example.wayside.gateway;

/** Sends a short message to whoever waits for a parcel. */
public interface Notifier {

    void tell(String recipient, String message);
}
