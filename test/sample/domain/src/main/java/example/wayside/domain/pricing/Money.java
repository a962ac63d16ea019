package example.wayside.domain.pricing;

/** An amount in cents that is never below zero. */
public record Money(long cents) {

    public Money {
        if (cents < 0) {
            throw new IllegalArgumentException("amount is below zero");
        }
    }

    public Money plus(Money other) {
        return new Money(cents + other.cents);
    }

    public Money minus(Money other) {
        if (other.cents > cents) {
            throw new IllegalArgumentException("amount is too small");
        }
        return new Money(cents - other.cents);
    }

    public Money times(int factor) {
        if (factor < 0) {
            throw new IllegalArgumentException("factor is negative");
        }
        return new Money(cents * factor);
    }

    public Money percent(int percent) {
        return new Money((cents * percent + 50) / 100);
    }

    public boolean isMoreThan(Money other) {
        return cents > other.cents;
    }

    public boolean isZero() {
        return cents == 0;
    }

    public Money roundedUpToEuro() {
        return new Money((cents + 99) / 100 * 100);
    }
}
