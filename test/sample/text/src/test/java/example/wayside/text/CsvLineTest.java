package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CsvLineTest {

    @Test
    void split_whenCellsAreSimple_thenReturnsEach() {
        // given
        var subject = new CsvLine();

        // when
        var actual = subject.split("P-1;500;Graz");

        // then
        assertThat(actual).as("split").containsExactly("P-1", "500", "Graz");
    }

    @Test
    void split_whenCellIsQuoted_thenKeepsItsSemicolon() {
        // given
        var subject = new CsvLine();

        // when
        var actual = subject.split("\"a;b\";c");

        // then
        assertThat(actual).as("split").containsExactly("a;b", "c");
    }

    @Test
    void join_whenCellHasASemicolon_thenQuotesIt() {
        // given
        var subject = new CsvLine();

        // when
        var actual = subject.join(List.of("P-1", "a;b"));

        // then
        assertThat(actual).as("join").isEqualTo("P-1;\"a;b\"");
    }

    @Test
    void quoted_whenCellIsSimple_thenReturnsItUnchanged() {
        // given
        var subject = new CsvLine();

        // when
        var actual = subject.quoted("Graz");

        // then
        assertThat(actual).as("quoted").isEqualTo("Graz");
    }

    @Test
    void cell_whenIndexIsOne_thenReturnsTheSecondCell() {
        // given
        var subject = new CsvLine();

        // when
        var actual = subject.cell("P-1;500;Graz", 1);

        // then
        assertThat(actual).as("cell").isEqualTo("500");
    }

    @Test
    void cell_whenIndexIsTooLarge_thenIsRefused() {
        // given
        var subject = new CsvLine();

        // when / then
        assertThatThrownBy(() -> subject.cell("P-1;500", 2))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("cell is missing");
    }

    @Test
    void isComment_whenLineStartsWithAHash_thenReturnsTrue() {
        // given
        var subject = new CsvLine();

        // when
        var actual = subject.isComment("# exported in May");

        // then
        assertThat(actual).as("is comment").isTrue();
    }
}
