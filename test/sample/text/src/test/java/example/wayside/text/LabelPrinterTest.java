package example.wayside.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelPrinterTest {

    @Test
    void left_whenTextIsShort_thenPadsAfterIt() {
        // given
        var subject = new LabelPrinter(6);

        // when
        var actual = subject.left("Graz");

        // then
        assertThat(actual).as("left").isEqualTo("Graz  ");
    }

    @Test
    void left_whenTextIsTooWide_thenIsRefused() {
        // given
        var subject = new LabelPrinter(6);

        // when / then
        assertThatThrownBy(() -> subject.left("Salzburg"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("text is too wide");
    }

    @Test
    void right_whenTextIsShort_thenPadsBeforeIt() {
        // given
        var subject = new LabelPrinter(6);

        // when
        var actual = subject.right("Graz");

        // then
        assertThat(actual).as("right").isEqualTo("  Graz");
    }

    @Test
    void centred_whenRestIsOdd_thenPadsMoreAfterIt() {
        // given
        var subject = new LabelPrinter(7);

        // when
        var actual = subject.centred("Graz");

        // then
        assertThat(actual).as("centred").isEqualTo(" Graz  ");
    }

    @Test
    void rule_whenWidthIsFive_thenReturnsFiveDashes() {
        // given
        var subject = new LabelPrinter(5);

        // when
        var actual = subject.rule();

        // then
        assertThat(actual).as("rule").isEqualTo("-----");
    }

    @Test
    void page_whenThereAreTwoLines_thenPutsThemBetweenRules() {
        // given
        var subject = new LabelPrinter(4);

        // when
        var actual = subject.page(List.of("Wien", "Ost"));

        // then
        assertThat(actual).as("page").isEqualTo("----\nWien\nOst \n----");
    }
}
