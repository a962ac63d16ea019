package example.wayside.legacy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class ScanBufferTest {

    @Test
    public void push_whenBufferIsEmpty_thenReturnsOne() {
        // given
        ScanBuffer subject = new ScanBuffer(3);

        // when
        int actual = subject.push("P-1");

        // then
        assertEquals("push", 1, actual);
    }

    @Test
    public void push_whenBufferIsFull_thenKeepsItsSize() {
        // given
        ScanBuffer subject = new ScanBuffer(1);
        subject.push("P-1");

        // when
        int actual = subject.push("P-2");

        // then
        assertEquals("push", 1, actual);
    }

    @Test
    public void oldest_whenTwoScansAreHeld_thenReturnsTheFirst() {
        // given
        ScanBuffer subject = new ScanBuffer(3);
        subject.push("P-1");
        subject.push("P-2");

        // when
        String actual = subject.oldest();

        // then
        assertEquals("oldest", "P-1", actual);
    }

    @Test
    public void oldest_whenBufferIsEmpty_thenIsRefused() {
        // given
        ScanBuffer subject = new ScanBuffer(3);

        // when
        Exception actual = assertThrows(IllegalStateException.class, () -> subject.oldest());

        // then
        assertEquals("oldest", "buffer is empty", actual.getMessage());
    }

    @Test
    public void contains_whenScanWasDropped_thenReturnsFalse() {
        // given
        ScanBuffer subject = new ScanBuffer(1);
        subject.push("P-1");
        subject.push("P-2");

        // when
        boolean actual = subject.contains("P-1");

        // then
        assertFalse("contains", actual);
    }

    @Test
    public void isFull_whenCapacityIsReached_thenReturnsTrue() {
        // given
        ScanBuffer subject = new ScanBuffer(1);
        subject.push("P-1");

        // when
        boolean actual = subject.isFull();

        // then
        assertTrue("is full", actual);
    }
}
