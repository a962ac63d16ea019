package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PersonNameTest {

    @Test
    void first_whenNameHasTwoParts_thenReturnsTheFirst() {
        // given
        var subject = new PersonName("Ada Miller");

        // when
        var actual = subject.first();

        // then
        assertThat(actual).as("first").isEqualTo("Ada");
    }

    @Test
    void last_whenNameHasThreeParts_thenReturnsTheThird() {
        // given
        var subject = new PersonName("Ada Rose Miller");

        // when
        var actual = subject.last();

        // then
        assertThat(actual).as("last").isEqualTo("Miller");
    }

    @Test
    void initials_whenNameHasThreeParts_thenReturnsThreeLetters() {
        // given
        var subject = new PersonName("Ada Rose Miller");

        // when
        var actual = subject.initials();

        // then
        assertThat(actual).as("initials").isEqualTo("ARM");
    }

    @Test
    void lastFirst_whenNameHasTwoParts_thenSeparatesThemByAComma() {
        // given
        var subject = new PersonName("Ada Miller");

        // when
        var actual = subject.lastFirst();

        // then
        assertThat(actual).as("last first").isEqualTo("Miller, Ada");
    }

    @Test
    void hasMiddleName_whenNameHasTwoParts_thenReturnsFalse() {
        // given
        var subject = new PersonName("Ada Miller");

        // when
        var actual = subject.hasMiddleName();

        // then
        assertThat(actual).as("has middle name").isFalse();
    }

    @Test
    void isRelatedTo_whenLastNamesAreEqual_thenReturnsTrue() {
        // given
        var subject = new PersonName("Ada Miller");

        // when
        var actual = subject.isRelatedTo(new PersonName("Ben MILLER"));

        // then
        assertThat(actual).as("is related to").isTrue();
    }
}
