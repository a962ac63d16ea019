package example.wayside.domain.parcel;

import static example.wayside.domain.fixture.Fixtures.aParcel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ParcelTest {

    @Test
    void isHeavy_whenWeightIsAtTheLimit_thenReturnsTrue() {
        // given
        var subject = aParcel().withWeightGrams(20_000).build();

        // when
        var actual = subject.isHeavy();

        // then
        assertThat(actual).as("is heavy").isTrue();
    }

    @Test
    void isHeavy_whenWeightIsBelowTheLimit_thenReturnsFalse() {
        // given
        var subject = aParcel().withWeightGrams(19_999).build();

        // when
        var actual = subject.isHeavy();

        // then
        assertThat(actual).as("is heavy").isFalse();
    }

    @Test
    void volumetricWeightGrams_whenParcelIsLarge_thenDividesTheVolumeByFive() {
        // given
        var subject = aParcel().withDimensions(50, 20, 10).build();

        // when
        var actual = subject.volumetricWeightGrams();

        // then
        assertThat(actual).as("volumetric weight grams").isEqualTo(2000);
    }

    @Test
    void chargeableWeightGrams_whenParcelIsDense_thenReturnsTheRealWeight() {
        // given
        var subject = aParcel().withWeightGrams(900).withDimensions(10, 10, 10).build();

        // when
        var actual = subject.chargeableWeightGrams();

        // then
        assertThat(actual).as("chargeable weight grams").isEqualTo(900);
    }

    @Test
    void chargeableWeightGrams_whenParcelIsBulky_thenReturnsTheVolumetricWeight() {
        // given
        var subject = aParcel().withWeightGrams(900).withDimensions(50, 20, 10).build();

        // when
        var actual = subject.chargeableWeightGrams();

        // then
        assertThat(actual).as("chargeable weight grams").isEqualTo(2000);
    }

    @Test
    void needsSignature_whenParcelIsFragile_thenReturnsTrue() {
        // given
        var subject = aParcel().thatIsFragile().build();

        // when
        var actual = subject.needsSignature();

        // then
        assertThat(actual).as("needs signature").isTrue();
    }

    @Test
    void needsSignature_whenValueIsLow_thenReturnsFalse() {
        // given
        var subject = aParcel().withDeclaredValueCents(500).build();

        // when
        var actual = subject.needsSignature();

        // then
        assertThat(actual).as("needs signature").isFalse();
    }

    @Test
    void isBoundFor_whenPostcodeIsInTheArea_thenReturnsTrue() {
        // given
        var subject = aParcel().withPostcode("8020").build();

        // when
        var actual = subject.isBoundFor("80");

        // then
        assertThat(actual).as("is bound for").isTrue();
    }

    @Test
    void redirectedTo_whenPostcodeIsGiven_thenCarriesTheNewPostcode() {
        // given
        var subject = aParcel().withPostcode("8020").build();

        // when
        var actual = subject.redirectedTo("6020");

        // then
        assertThat(actual.postcode()).as("redirected to").isEqualTo("6020");
    }

    @Test
    void redirectedTo_whenPostcodeIsBlank_thenIsRefused() {
        // given
        var subject = aParcel().build();

        // when / then
        assertThatThrownBy(() -> subject.redirectedTo(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("postcode is blank");
    }

    @Test
    void handlingNotes_whenParcelIsFragile_thenAsksForThisSideUp() {
        // given
        var subject = aParcel().thatIsFragile().build();

        // when
        var actual = subject.handlingNotes();

        // then
        assertThat(actual).as("handling notes").containsExactly("this side up");
    }

    @Test
    void handlingNotes_whenParcelIsHeavyAndOversize_thenListsBoth() {
        // given
        var subject = aParcel().withWeightGrams(25_000).withDimensions(130, 20, 10).build();

        // when
        var actual = subject.handlingNotes();

        // then
        assertThat(actual).as("handling notes").containsExactly("two people", "no conveyor");
    }
}
