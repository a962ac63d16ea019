package example.wayside.gateway;

/** Charges senders and gives money back. */
public final class BillingService {

    private final Ledger ledger;

    public BillingService(Ledger ledger) {
        this.ledger = ledger;
    }

    public boolean canPay(String account, int cents) {
        return ledger.balanceCents(account) >= cents;
    }

    public int bill(String account, int cents) {
        if (!canPay(account, cents)) {
            throw new IllegalStateException("balance is too low");
        }
        ledger.charge(account, cents);
        return ledger.balanceCents(account);
    }

    public int refund(String account, int cents) {
        if (cents <= 0) {
            throw new IllegalArgumentException("refund must be positive");
        }
        ledger.refund(account, cents);
        return cents;
    }

    public boolean isInDebt(String account) {
        return ledger.balanceCents(account) < 0;
    }

    public int affordableParcels(String account, int centsEach) {
        return Math.max(0, ledger.balanceCents(account)) / centsEach;
    }

    public String richer(String left, String right) {
        return ledger.balanceCents(left) >= ledger.balanceCents(right) ? left : right;
    }
}
