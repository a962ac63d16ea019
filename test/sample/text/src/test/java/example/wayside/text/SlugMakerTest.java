package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class SlugMakerTest {

    @Test
    void slug_whenTextHasSpaces_thenJoinsTheWordsByDashes() {
        // given
        var subject = new SlugMaker(20);

        // when
        var actual = subject.slug("East Yard 2");

        // then
        assertThat(actual).as("slug").isEqualTo("east-yard-2");
    }

    @Test
    void slug_whenTextHasNoLetters_thenIsRefused() {
        // given
        var subject = new SlugMaker(20);

        // when / then
        assertThatThrownBy(() -> subject.slug("!!!"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("text has no letters");
    }

    @Test
    void truncated_whenSlugIsTooLong_thenCutsItsEnd() {
        // given
        var subject = new SlugMaker(6);

        // when
        var actual = subject.truncated("East Yard");

        // then
        assertThat(actual).as("truncated").isEqualTo("east-y");
    }

    @Test
    void unique_whenSlugIsFree_thenReturnsIt() {
        // given
        var subject = new SlugMaker(20);

        // when
        var actual = subject.unique("East Yard", Set.of());

        // then
        assertThat(actual).as("unique").isEqualTo("east-yard");
    }

    @Test
    void unique_whenSlugIsTaken_thenAddsANumber() {
        // given
        var subject = new SlugMaker(20);

        // when
        var actual = subject.unique("East Yard", Set.of("east-yard"));

        // then
        assertThat(actual).as("unique").isEqualTo("east-yard-2");
    }

    @Test
    void isSlug_whenTextHasUpperCase_thenReturnsFalse() {
        // given
        var subject = new SlugMaker(20);

        // when
        var actual = subject.isSlug("East-yard");

        // then
        assertThat(actual).as("is slug").isFalse();
    }

    @Test
    void wordCount_whenTextHasThreeWords_thenReturnsThree() {
        // given
        var subject = new SlugMaker(20);

        // when
        var actual = subject.wordCount("Old Mill Yard");

        // then
        assertThat(actual).as("word count").isEqualTo(3);
    }
}
