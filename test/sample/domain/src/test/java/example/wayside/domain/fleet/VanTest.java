package example.wayside.domain.fleet;

import static example.wayside.domain.fixture.Fixtures.aParcel;
import static example.wayside.domain.fixture.Fixtures.aVan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class VanTest {

    @Test
    void load_whenThereIsRoom_thenReturnsTheNumberOnBoard() {
        // given
        var subject = aVan().with(aParcel()).build();

        // when
        var actual = subject.load(aParcel().build());

        // then
        assertThat(actual).as("load").isEqualTo(2);
    }

    @Test
    void load_whenParcelIsTooHeavy_thenIsRefused() {
        // given
        var subject = aVan().withCapacityGrams(1000).build();

        // when / then
        assertThatThrownBy(() -> subject.load(aParcel().withWeightGrams(1001).build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("van is full");
    }

    @Test
    void unload_whenParcelIsOnBoard_thenReturnsIt() {
        // given
        var subject = aVan().with(aParcel().withCode("P-7")).build();

        // when
        var actual = subject.unload("P-7");

        // then
        assertThat(actual.code()).as("unload").isEqualTo("P-7");
    }

    @Test
    void unload_whenParcelIsMissing_thenIsRefused() {
        // given
        var subject = aVan().build();

        // when / then
        assertThatThrownBy(() -> subject.unload("P-7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parcel is not on board");
    }

    @Test
    void remainingGrams_whenOneParcelIsLoaded_thenSubtractsItsWeight() {
        // given
        var subject = aVan().withCapacityGrams(1000).with(aParcel().withWeightGrams(300)).build();

        // when
        var actual = subject.remainingGrams();

        // then
        assertThat(actual).as("remaining grams").isEqualTo(700);
    }

    @Test
    void fillPercent_whenVanIsHalfFull_thenReturnsFifty() {
        // given
        var subject = aVan().withCapacityGrams(1000).with(aParcel().withWeightGrams(500)).build();

        // when
        var actual = subject.fillPercent();

        // then
        assertThat(actual).as("fill percent").isEqualTo(50);
    }

    @Test
    void carries_whenParcelIsOnBoard_thenReturnsTrue() {
        // given
        var subject = aVan().with(aParcel().withCode("P-7")).build();

        // when
        var actual = subject.carries("P-7");

        // then
        assertThat(actual).as("carries").isTrue();
    }

    @Test
    void isEmpty_whenNothingIsLoaded_thenReturnsTrue() {
        // given
        var subject = aVan().build();

        // when
        var actual = subject.isEmpty();

        // then
        assertThat(actual).as("is empty").isTrue();
    }
}
