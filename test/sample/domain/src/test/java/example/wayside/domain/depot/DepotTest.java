package example.wayside.domain.depot;

import static example.wayside.domain.fixture.Fixtures.aDepot;
import static example.wayside.domain.fixture.Fixtures.aParcel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DepotTest {

    @Test
    void accept_whenThereIsRoom_thenReturnsTheNumberWaiting() {
        // given
        var subject = aDepot().with(aParcel()).build();

        // when
        var actual = subject.accept(aParcel().build());

        // then
        assertThat(actual).as("accept").isEqualTo(2);
    }

    @Test
    void accept_whenDepotIsFull_thenIsRefused() {
        // given
        var subject = aDepot().withMaxParcels(1).with(aParcel()).build();

        // when / then
        assertThatThrownBy(() -> subject.accept(aParcel().build()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("depot is full");
    }

    @Test
    void release_whenParcelIsWaiting_thenReturnsIt() {
        // given
        var subject = aDepot().with(aParcel().withCode("P-4")).build();

        // when
        var actual = subject.release("P-4");

        // then
        assertThat(actual.code()).as("release").isEqualTo("P-4");
    }

    @Test
    void release_whenParcelIsMissing_thenIsRefused() {
        // given
        var subject = aDepot().build();

        // when / then
        assertThatThrownBy(() -> subject.release("P-4"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parcel is not here");
    }

    @Test
    void find_whenParcelIsMissing_thenReturnsNothing() {
        // given
        var subject = aDepot().with(aParcel().withCode("P-4")).build();

        // when
        var actual = subject.find("P-5");

        // then
        assertThat(actual).as("find").isEmpty();
    }

    @Test
    void heaviest_whenTwoAreWaiting_thenReturnsTheHeavierOne() {
        // given
        var light = aParcel().withCode("P-1").withWeightGrams(100);
        var heavy = aParcel().withCode("P-2").withWeightGrams(900);
        var subject = aDepot().with(light).with(heavy).build();

        // when
        var actual = subject.heaviest();

        // then
        assertThat(actual.get().code()).as("heaviest").isEqualTo("P-2");
    }

    @Test
    void countBoundFor_whenOneParcelIsInTheArea_thenReturnsOne() {
        // given
        var subject = aDepot()
                .with(aParcel().withPostcode("1010"))
                .with(aParcel().withPostcode("8020"))
                .build();

        // when
        var actual = subject.countBoundFor("80");

        // then
        assertThat(actual).as("count bound for").isEqualTo(1);
    }

    @Test
    void isCrowded_whenDepotIsEmpty_thenReturnsFalse() {
        // given
        var subject = aDepot().withMaxParcels(10).build();

        // when
        var actual = subject.isCrowded();

        // then
        assertThat(actual).as("is crowded").isFalse();
    }
}
