package example.wayside.legacy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class BarcodeTest {

    @Test
    public void checkDigit_whenPayloadIsOneTwo_thenReturnsFive() {
        // given
        Barcode subject = new Barcode("120");

        // when
        int actual = subject.checkDigit();

        // then
        assertEquals("check digit", 5, actual);
    }

    @Test
    public void isValid_whenCheckDigitMatches_thenReturnsTrue() {
        // given
        Barcode subject = new Barcode("125");

        // when
        boolean actual = subject.isValid();

        // then
        assertTrue("is valid", actual);
    }

    @Test
    public void isValid_whenCheckDigitDiffers_thenReturnsFalse() {
        // given
        Barcode subject = new Barcode("126");

        // when
        boolean actual = subject.isValid();

        // then
        assertFalse("is valid", actual);
    }

    @Test
    public void payload_whenBarcodeIsComplete_thenLeavesTheCheckDigitOut() {
        // given
        Barcode subject = new Barcode("40012");

        // when
        String actual = subject.payload();

        // then
        assertEquals("payload", "4001", actual);
    }

    @Test
    public void prefix_whenLengthIsThree_thenReturnsThreeDigits() {
        // given
        Barcode subject = new Barcode("40012");

        // when
        String actual = subject.prefix(3);

        // then
        assertEquals("prefix", "400", actual);
    }

    @Test
    public void prefix_whenLengthIsTooLarge_thenIsRefused() {
        // given
        Barcode subject = new Barcode("40012");

        // when
        Exception actual = assertThrows(IllegalArgumentException.class, () -> subject.prefix(6));

        // then
        assertEquals("prefix", "barcode is too short", actual.getMessage());
    }

    @Test
    public void startsWith_whenPrefixDiffers_thenReturnsFalse() {
        // given
        Barcode subject = new Barcode("40012");

        // when
        boolean actual = subject.startsWith("90");

        // then
        assertFalse("starts with", actual);
    }
}
