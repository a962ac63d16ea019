package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AddressLineTest {

    @Test
    void street_whenLineHasANumber_thenReturnsTheTextBefore() {
        // given
        var subject = new AddressLine("Mill Lane 12");

        // when
        var actual = subject.street();

        // then
        assertThat(actual).as("street").isEqualTo("Mill Lane");
    }

    @Test
    void street_whenLineHasNoNumber_thenReturnsTheLine() {
        // given
        var subject = new AddressLine("Old Castle");

        // when
        var actual = subject.street();

        // then
        assertThat(actual).as("street").isEqualTo("Old Castle");
    }

    @Test
    void hasNumber_whenNumberHasALetter_thenReturnsTrue() {
        // given
        var subject = new AddressLine("Mill Lane 12b");

        // when
        var actual = subject.hasNumber();

        // then
        assertThat(actual).as("has number").isTrue();
    }

    @Test
    void number_whenLineHasADoor_thenLeavesTheDoorOut() {
        // given
        var subject = new AddressLine("Mill Lane 12/3");

        // when
        var actual = subject.number();

        // then
        assertThat(actual).as("number").isEqualTo("12");
    }

    @Test
    void number_whenLineHasNoNumber_thenIsRefused() {
        // given
        var subject = new AddressLine("Old Castle");

        // when / then
        assertThatThrownBy(() -> subject.number())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("address has no number");
    }

    @Test
    void door_whenLineHasADoor_thenReturnsIt() {
        // given
        var subject = new AddressLine("Mill Lane 12/3");

        // when
        var actual = subject.door();

        // then
        assertThat(actual).as("door").isEqualTo("3");
    }

    @Test
    void isPostBox_whenLineStartsWithIt_thenReturnsTrue() {
        // given
        var subject = new AddressLine("PO Box 77");

        // when
        var actual = subject.isPostBox();

        // then
        assertThat(actual).as("is post box").isTrue();
    }
}
