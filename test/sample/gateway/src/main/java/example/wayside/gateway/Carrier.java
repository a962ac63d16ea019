package example.wayside.gateway;

/** A partner that may carry a parcel for us. */
public interface Carrier {

    String name();

    boolean isAvailable();

    int quoteCents(int grams);
}
