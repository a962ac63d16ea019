package example.wayside.domain.parcel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ParcelStatusTest {

    @ParameterizedTest
    @EnumSource(names = {"DELIVERED", "RETURNED"})
    void isFinal_whenJourneyIsOver_thenReturnsTrue(ParcelStatus subject) {
        // when
        var actual = subject.isFinal();

        // then
        assertThat(actual).as("is final").isTrue();
    }

    @Test
    void isFinal_whenParcelIsInTransit_thenReturnsFalse() {
        // given
        var subject = ParcelStatus.IN_TRANSIT;

        // when
        var actual = subject.isFinal();

        // then
        assertThat(actual).as("is final").isFalse();
    }

    @Test
    void canBecome_whenNextIsTheNeighbour_thenReturnsTrue() {
        // given
        var subject = ParcelStatus.COLLECTED;

        // when
        var actual = subject.canBecome(ParcelStatus.IN_TRANSIT);

        // then
        assertThat(actual).as("can become").isTrue();
    }

    @Test
    void canBecome_whenStatusIsFinal_thenReturnsFalse() {
        // given
        var subject = ParcelStatus.DELIVERED;

        // when
        var actual = subject.canBecome(ParcelStatus.RETURNED);

        // then
        assertThat(actual).as("can become").isFalse();
    }

    @Test
    void successor_whenParcelIsAnnounced_thenReturnsCollected() {
        // given
        var subject = ParcelStatus.ANNOUNCED;

        // when
        var actual = subject.successor();

        // then
        assertThat(actual).as("successor").isEqualTo(ParcelStatus.COLLECTED);
    }

    @Test
    void successor_whenStatusIsFinal_thenIsRefused() {
        // given
        var subject = ParcelStatus.RETURNED;

        // when / then
        assertThatThrownBy(() -> subject.successor())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("status is final");
    }

    @Test
    void label_whenNameHasAnUnderscore_thenReplacesItByASpace() {
        // given
        var subject = ParcelStatus.IN_TRANSIT;

        // when
        var actual = subject.label();

        // then
        assertThat(actual).as("label").isEqualTo("in transit");
    }
}
