package example.wayside.gateway;

import java.time.Clock;
import java.time.LocalDate;

/** Takes parcels back within thirty days. */
public final class ReturnDesk {

    private static final int DAYS = 30;

    private final ParcelStore store;
    private final Ledger ledger;
    private final Clock clock;

    public ReturnDesk(ParcelStore store, Ledger ledger, Clock clock) {
        this.store = store;
        this.ledger = ledger;
        this.clock = clock;
    }

    public LocalDate deadline(LocalDate delivered) {
        return delivered.plusDays(DAYS);
    }

    public boolean isOpenFor(LocalDate delivered) {
        return !LocalDate.now(clock).isAfter(deadline(delivered));
    }

    public int takeBack(String code, String account, int paidCents) {
        if (!store.contains(code)) {
            throw new IllegalArgumentException("parcel was never shipped");
        }
        store.delete(code);
        ledger.refund(account, paidCents);
        return paidCents;
    }

    public int goodwillCents(String account, int paidCents) {
        return ledger.balanceCents(account) < 0 ? 0 : paidCents / 10;
    }

    public boolean isKnown(String code) {
        return store.contains(code);
    }
}
