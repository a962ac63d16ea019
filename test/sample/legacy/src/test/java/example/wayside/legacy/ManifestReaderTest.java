package example.wayside.legacy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

public class ManifestReaderTest {

    @Test
    public void codes_whenLinesAreBlank_thenSkipsThem() {
        // given
        ManifestReader subject = new ManifestReader("#");

        // when
        List<String> actual = subject.codes("P-1\n\nP-2");

        // then
        assertEquals("codes", List.of("P-1", "P-2"), actual);
    }

    @Test
    public void codes_whenLineIsARemark_thenSkipsIt() {
        // given
        ManifestReader subject = new ManifestReader("#");

        // when
        List<String> actual = subject.codes("# van 3\nP-1");

        // then
        assertEquals("codes", List.of("P-1"), actual);
    }

    @Test
    public void isRemark_whenMarkIsIndented_thenReturnsTrue() {
        // given
        ManifestReader subject = new ManifestReader("#");

        // when
        boolean actual = subject.isRemark("  # van 3");

        // then
        assertTrue("is remark", actual);
    }

    @Test
    public void firstCode_whenManifestHasTwoCodes_thenReturnsTheFirst() {
        // given
        ManifestReader subject = new ManifestReader("#");

        // when
        String actual = subject.firstCode("P-1\nP-2");

        // then
        assertEquals("first code", "P-1", actual);
    }

    @Test
    public void firstCode_whenManifestIsEmpty_thenIsRefused() {
        // given
        ManifestReader subject = new ManifestReader("#");

        // when
        Exception actual = assertThrows(IllegalArgumentException.class, () -> subject.firstCode(""));

        // then
        assertEquals("first code", "manifest is empty", actual.getMessage());
    }

    @Test
    public void lists_whenCodeIsMissing_thenReturnsFalse() {
        // given
        ManifestReader subject = new ManifestReader("#");

        // when
        boolean actual = subject.lists("P-1\nP-2", "P-3");

        // then
        assertFalse("lists", actual);
    }
}
