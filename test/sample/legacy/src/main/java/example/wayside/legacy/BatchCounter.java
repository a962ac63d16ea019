package example.wayside.legacy;

/** Counts parcels on the belt in batches of equal size. */
public class BatchCounter {

    private final int batchSize;
    private int count;

    public BatchCounter(int batchSize) {
        this.batchSize = batchSize;
    }

    public int add(int parcels) {
        if (parcels < 0) {
            throw new IllegalArgumentException("parcels are negative");
        }
        count += parcels;
        return count;
    }

    public int fullBatches() {
        return count / batchSize;
    }

    public int openParcels() {
        return count % batchSize;
    }

    public boolean isBatchComplete() {
        return count > 0 && openParcels() == 0;
    }

    public int missingParcels() {
        return openParcels() == 0 ? 0 : batchSize - openParcels();
    }

    public int reset() {
        int counted = count;
        count = 0;
        return counted;
    }
}
