package example.wayside.domain.depot;

import static example.wayside.domain.fixture.Fixtures.aParcel;
import static example.wayside.domain.fixture.Fixtures.aShelf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShelfTest {

    @Test
    void store_whenThereIsRoom_thenReturnsTheFreeSlots() {
        // given
        var subject = aShelf().withSlots(5).build();

        // when
        var actual = subject.store(aParcel().build());

        // then
        assertThat(actual).as("store").isEqualTo(4);
    }

    @Test
    void store_whenShelfIsFull_thenIsRefused() {
        // given
        var subject = aShelf().withSlots(1).with(aParcel()).build();

        // when / then
        assertThatThrownBy(() -> subject.store(aParcel().build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shelf is full");
    }

    @Test
    void take_whenParcelIsMissing_thenReturnsNothing() {
        // given
        var subject = aShelf().build();

        // when
        var actual = subject.take("P-3");

        // then
        assertThat(actual).as("take").isEmpty();
    }

    @Test
    void take_whenParcelIsStored_thenReturnsIt() {
        // given
        var subject = aShelf().with(aParcel().withCode("P-3")).build();

        // when
        var actual = subject.take("P-3");

        // then
        assertThat(actual).as("take").isPresent();
    }

    @Test
    void freeSlots_whenOneParcelIsStored_thenLeavesTheOthers() {
        // given
        var subject = aShelf().withSlots(4).with(aParcel()).build();

        // when
        var actual = subject.freeSlots();

        // then
        assertThat(actual).as("free slots").isEqualTo(3);
    }

    @Test
    void isFull_whenLastSlotIsTaken_thenReturnsTrue() {
        // given
        var subject = aShelf().withSlots(1).with(aParcel()).build();

        // when
        var actual = subject.isFull();

        // then
        assertThat(actual).as("is full").isTrue();
    }

    @Test
    void isFull_whenShelfIsEmpty_thenReturnsFalse() {
        // given
        var subject = aShelf().build();

        // when
        var actual = subject.isFull();

        // then
        assertThat(actual).as("is full").isFalse();
    }
}
