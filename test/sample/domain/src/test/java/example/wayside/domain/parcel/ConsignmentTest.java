package example.wayside.domain.parcel;

import static example.wayside.domain.fixture.Fixtures.aConsignment;
import static example.wayside.domain.fixture.Fixtures.aParcel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import example.wayside.domain.pricing.Money;
import org.junit.jupiter.api.Test;

class ConsignmentTest {

    @Test
    void totalWeightGrams_whenThereAreTwoParcels_thenAddsTheirWeights() {
        // given
        var subject = aConsignment()
                .with(aParcel().withWeightGrams(400))
                .with(aParcel().withWeightGrams(700))
                .build();

        // when
        var actual = subject.totalWeightGrams();

        // then
        assertThat(actual).as("total weight grams").isEqualTo(1100);
    }

    @Test
    void totalWeightGrams_whenConsignmentIsEmpty_thenReturnsZero() {
        // given
        var subject = aConsignment().build();

        // when
        var actual = subject.totalWeightGrams();

        // then
        assertThat(actual).as("total weight grams").isZero();
    }

    @Test
    void totalDeclaredValue_whenThereAreTwoParcels_thenAddsTheirValues() {
        // given
        var subject = aConsignment()
                .with(aParcel().withDeclaredValueCents(300))
                .with(aParcel().withDeclaredValueCents(200))
                .build();

        // when
        var actual = subject.totalDeclaredValue();

        // then
        assertThat(actual).as("total declared value").isEqualTo(new Money(500));
    }

    @Test
    void heaviest_whenConsignmentIsEmpty_thenReturnsNothing() {
        // given
        var subject = aConsignment().build();

        // when
        var actual = subject.heaviest();

        // then
        assertThat(actual).as("heaviest").isEmpty();
    }

    @Test
    void codesBoundFor_whenOneParcelIsInTheArea_thenReturnsItsCode() {
        // given
        var subject = aConsignment()
                .with(aParcel().withCode("A-1").withPostcode("1010"))
                .with(aParcel().withCode("A-2").withPostcode("8020"))
                .build();

        // when
        var actual = subject.codesBoundFor("80");

        // then
        assertThat(actual).as("codes bound for").containsExactly("A-2");
    }

    @Test
    void hasFragileParcel_whenOneIsFragile_thenReturnsTrue() {
        // given
        var subject = aConsignment().with(aParcel()).with(aParcel().thatIsFragile()).build();

        // when
        var actual = subject.hasFragileParcel();

        // then
        assertThat(actual).as("has fragile parcel").isTrue();
    }

    @Test
    void hasFragileParcel_whenNoneIsFragile_thenReturnsFalse() {
        // given
        var subject = aConsignment().with(aParcel()).build();

        // when
        var actual = subject.hasFragileParcel();

        // then
        assertThat(actual).as("has fragile parcel").isFalse();
    }

    @Test
    void without_whenParcelIsKnown_thenKeepsTheOthers() {
        // given
        var subject = aConsignment().with(aParcel().withCode("A-1")).with(aParcel().withCode("A-2")).build();

        // when
        var actual = subject.without("A-1");

        // then
        assertThat(actual.size()).as("without").isEqualTo(1);
    }

    @Test
    void without_whenParcelIsUnknown_thenIsRefused() {
        // given
        var subject = aConsignment().with(aParcel().withCode("A-1")).build();

        // when / then
        assertThatThrownBy(() -> subject.without("B-9"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parcel is not part of the consignment");
    }
}
