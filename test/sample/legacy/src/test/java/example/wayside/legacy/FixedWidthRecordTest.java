package example.wayside.legacy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

public class FixedWidthRecordTest {

    @Test
    public void code_whenColumnIsPadded_thenTrimsIt() {
        // given
        FixedWidthRecord subject = new FixedWidthRecord("P-1   Z04 fragile");

        // when
        String actual = subject.code();

        // then
        assertEquals("code", "P-1", actual);
    }

    @Test
    public void zone_whenColumnIsPadded_thenTrimsIt() {
        // given
        FixedWidthRecord subject = new FixedWidthRecord("P-1   Z04 fragile");

        // when
        String actual = subject.zone();

        // then
        assertEquals("zone", "Z04", actual);
    }

    @Test
    public void note_whenRecordEndsBefore_thenReturnsAnEmptyText() {
        // given
        FixedWidthRecord subject = new FixedWidthRecord("P-1   Z04 ");

        // when
        String actual = subject.note();

        // then
        assertEquals("note", "", actual);
    }

    @Test
    public void hasNote_whenNoteIsBlank_thenReturnsFalse() {
        // given
        FixedWidthRecord subject = new FixedWidthRecord("P-1   Z04   ");

        // when
        boolean actual = subject.hasNote();

        // then
        assertFalse("has note", actual);
    }

    @Test
    public void column_whenRangeIsInside_thenReturnsItsText() {
        // given
        FixedWidthRecord subject = new FixedWidthRecord("P-1   Z04 fragile");

        // when
        String actual = subject.column(6, 9);

        // then
        assertEquals("column", "Z04", actual);
    }

    @Test
    public void column_whenRangeIsOutside_thenIsRefused() {
        // given
        FixedWidthRecord subject = new FixedWidthRecord("P-1   Z04 ");

        // when
        Exception actual = assertThrows(IndexOutOfBoundsException.class, () -> subject.column(6, 99));

        // then
        assertEquals("column", "column is outside the record", actual.getMessage());
    }

    @Test
    public void isInZone_whenZoneIsEqual_thenReturnsTrue() {
        // given
        FixedWidthRecord subject = new FixedWidthRecord("P-1   Z04 fragile");

        // when
        boolean actual = subject.isInZone("Z04");

        // then
        assertTrue("is in zone", actual);
    }
}
