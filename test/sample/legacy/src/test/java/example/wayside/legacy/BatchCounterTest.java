package example.wayside.legacy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class BatchCounterTest {

    @Test
    public void add_whenCounterIsNew_thenReturnsTheAddedParcels() {
        // given
        BatchCounter subject = new BatchCounter(10);

        // when
        int actual = subject.add(4);

        // then
        assertEquals("add", 4, actual);
    }

    @Test
    public void add_whenParcelsAreNegative_thenIsRefused() {
        // given
        BatchCounter subject = new BatchCounter(10);

        // when
        Exception actual = assertThrows(IllegalArgumentException.class, () -> subject.add(-1));

        // then
        assertEquals("add", "parcels are negative", actual.getMessage());
    }

    @Test
    public void fullBatches_whenSomeParcelsAreOpen_thenCountsTheFullOnes() {
        // given
        BatchCounter subject = new BatchCounter(10);
        subject.add(25);

        // when
        int actual = subject.fullBatches();

        // then
        assertEquals("full batches", 2, actual);
    }

    @Test
    public void openParcels_whenTwoBatchesAreFull_thenReturnsTheRest() {
        // given
        BatchCounter subject = new BatchCounter(10);
        subject.add(25);

        // when
        int actual = subject.openParcels();

        // then
        assertEquals("open parcels", 5, actual);
    }

    @Test
    public void isBatchComplete_whenBatchIsFull_thenReturnsTrue() {
        // given
        BatchCounter subject = new BatchCounter(10);
        subject.add(10);

        // when
        boolean actual = subject.isBatchComplete();

        // then
        assertTrue("is batch complete", actual);
    }

    @Test
    public void isBatchComplete_whenNothingWasCounted_thenReturnsFalse() {
        // given
        BatchCounter subject = new BatchCounter(10);

        // when
        boolean actual = subject.isBatchComplete();

        // then
        assertFalse("is batch complete", actual);
    }
}
