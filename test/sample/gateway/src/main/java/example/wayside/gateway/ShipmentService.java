package example.wayside.gateway;

import example.wayside.domain.parcel.Parcel;

/** Takes parcels in, changes their way and lets them go. */
public final class ShipmentService {

    private final ParcelStore store;
    private final Notifier notifier;

    public ShipmentService(ParcelStore store, Notifier notifier) {
        this.store = store;
        this.notifier = notifier;
    }

    public String ship(Parcel parcel, String recipient) {
        if (store.contains(parcel.code())) {
            throw new IllegalStateException("parcel is already known");
        }
        store.save(parcel);
        notifier.tell(recipient, "on its way");
        return parcel.code();
    }

    public Parcel locate(String code) {
        return store.find(code).orElseThrow(() -> new IllegalArgumentException("parcel is unknown"));
    }

    public boolean cancel(String code) {
        if (!store.contains(code)) {
            return false;
        }
        store.delete(code);
        return true;
    }

    public Parcel redirect(String code, String postcode) {
        Parcel redirected = locate(code).redirectedTo(postcode);
        store.save(redirected);
        return redirected;
    }

    public int remindAll(String area, String recipient) {
        int count = store.allBoundFor(area).size();
        if (count > 0) {
            notifier.tell(recipient, count + " waiting");
        }
        return count;
    }

    public int gramsBoundFor(String area) {
        return store.allBoundFor(area).stream().mapToInt(Parcel::weightGrams).sum();
    }
}
