package example.wayside.domain.fleet;

/** What is left in a van's tank, in litres. */
public final class FuelTank {

    private final int capacityLitres;
    private int litres;

    public FuelTank(int capacityLitres, int litres) {
        this.capacityLitres = capacityLitres;
        this.litres = litres;
    }

    public int refuel(int amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException("amount must be positive");
        }
        litres = Math.min(capacityLitres, litres + amount);
        return litres;
    }

    public int burn(int amount) {
        if (amount > litres) {
            throw new IllegalStateException("tank is empty");
        }
        litres -= amount;
        return litres;
    }

    public boolean isOnReserve() {
        return litres * 10 < capacityLitres;
    }

    public int rangeKm(int litresPerHundredKm) {
        return litres * 100 / litresPerHundredKm;
    }

    public int litresToFull() {
        return capacityLitres - litres;
    }
}
