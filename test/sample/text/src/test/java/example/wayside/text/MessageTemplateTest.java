package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MessageTemplateTest {

    @Test
    void fill_whenEveryValueIsGiven_thenReplacesTheBlanks() {
        // given
        var subject = new MessageTemplate("Dear {name}, parcel {code} is here.");

        // when
        var actual = subject.fill(Map.of("name", "Ada", "code", "P-1"));

        // then
        assertThat(actual).as("fill").isEqualTo("Dear Ada, parcel P-1 is here.");
    }

    @Test
    void fill_whenAValueIsMissing_thenIsRefused() {
        // given
        var subject = new MessageTemplate("Dear {name}");

        // when / then
        assertThatThrownBy(() -> subject.fill(Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value is missing for name");
    }

    @Test
    void blanks_whenThereAreTwo_thenReturnsThemInOrder() {
        // given
        var subject = new MessageTemplate("{code} for {name}");

        // when
        var actual = subject.blanks();

        // then
        assertThat(actual).as("blanks").containsExactly("code", "name");
    }

    @Test
    void hasBlank_whenNameIsUnknown_thenReturnsFalse() {
        // given
        var subject = new MessageTemplate("Dear {name}");

        // when
        var actual = subject.hasBlank("code");

        // then
        assertThat(actual).as("has blank").isFalse();
    }

    @Test
    void isPlain_whenThereIsNoBlank_thenReturnsTrue() {
        // given
        var subject = new MessageTemplate("We are closed today.");

        // when
        var actual = subject.isPlain();

        // then
        assertThat(actual).as("is plain").isTrue();
    }
}
