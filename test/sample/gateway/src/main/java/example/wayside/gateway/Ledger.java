package example.wayside.gateway;

/** Accounts of senders, in cents. */
public interface Ledger {

    int balanceCents(String account);

    void charge(String account, int cents);

    void refund(String account, int cents);
}
