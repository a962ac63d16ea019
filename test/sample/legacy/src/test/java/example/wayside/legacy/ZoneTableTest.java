package example.wayside.legacy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class ZoneTableTest {

    @Test
    public void assign_whenPrefixIsNew_thenReturnsTheNumberOfPrefixes() {
        // given
        ZoneTable subject = new ZoneTable();

        // when
        int actual = subject.assign("10", "Z01");

        // then
        assertEquals("assign", 1, actual);
    }

    @Test
    public void assign_whenPrefixIsTaken_thenIsRefused() {
        // given
        ZoneTable subject = new ZoneTable();
        subject.assign("10", "Z01");

        // when
        Exception actual = assertThrows(IllegalArgumentException.class, () -> subject.assign("10", "Z02"));

        // then
        assertEquals("assign", "prefix is already assigned", actual.getMessage());
    }

    @Test
    public void zoneOf_whenTwoPrefixesMatch_thenReturnsTheLonger() {
        // given
        ZoneTable subject = new ZoneTable();
        subject.assign("1", "Z01");
        subject.assign("10", "Z02");

        // when
        String actual = subject.zoneOf("1010");

        // then
        assertEquals("zone of", "Z02", actual);
    }

    @Test
    public void zoneOf_whenPostcodeIsUnknown_thenIsRefused() {
        // given
        ZoneTable subject = new ZoneTable();

        // when
        Exception actual = assertThrows(IllegalArgumentException.class, () -> subject.zoneOf("1010"));

        // then
        assertEquals("zone of", "postcode has no zone", actual.getMessage());
    }

    @Test
    public void covers_whenPrefixMatches_thenReturnsTrue() {
        // given
        ZoneTable subject = new ZoneTable();
        subject.assign("80", "Z08");

        // when
        boolean actual = subject.covers("8020");

        // then
        assertTrue("covers", actual);
    }

    @Test
    public void covers_whenTableIsEmpty_thenReturnsFalse() {
        // given
        ZoneTable subject = new ZoneTable();

        // when
        boolean actual = subject.covers("8020");

        // then
        assertFalse("covers", actual);
    }
}
