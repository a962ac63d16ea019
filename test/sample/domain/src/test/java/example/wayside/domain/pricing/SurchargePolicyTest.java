package example.wayside.domain.pricing;

import static example.wayside.domain.fixture.Fixtures.aParcel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SurchargePolicyTest {

    @Test
    void forFragile_whenParcelIsFragile_thenReturnsTheSurcharge() {
        // given
        var subject = new SurchargePolicy();

        // when
        var actual = subject.forFragile(aParcel().thatIsFragile().build());

        // then
        assertThat(actual).as("for fragile").isEqualTo(new Money(250));
    }

    @Test
    void forFragile_whenParcelIsSturdy_thenReturnsZero() {
        // given
        var subject = new SurchargePolicy();

        // when
        var actual = subject.forFragile(aParcel().build());

        // then
        assertThat(actual).as("for fragile").isEqualTo(new Money(0));
    }

    @Test
    void forSize_whenParcelIsOversize_thenReturnsTheSurcharge() {
        // given
        var subject = new SurchargePolicy();

        // when
        var actual = subject.forSize(aParcel().withDimensions(150, 20, 20).build());

        // then
        assertThat(actual).as("for size").isEqualTo(new Money(900));
    }

    @Test
    void forValue_whenValueIsInsurable_thenReturnsOnePercent() {
        // given
        var subject = new SurchargePolicy();

        // when
        var actual = subject.forValue(aParcel().withDeclaredValueCents(20_000).build());

        // then
        assertThat(actual).as("for value").isEqualTo(new Money(200));
    }

    @Test
    void forValue_whenValueIsTooHigh_thenIsRefused() {
        // given
        var subject = new SurchargePolicy();

        // when / then
        assertThatThrownBy(() -> subject.forValue(aParcel().withDeclaredValueCents(500_001).build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value is not insurable");
    }

    @Test
    void total_whenParcelIsFragile_thenAddsTheValueSurcharge() {
        // given
        var subject = new SurchargePolicy();

        // when
        var actual = subject.total(aParcel().thatIsFragile().withDeclaredValueCents(5000).build());

        // then
        assertThat(actual).as("total").isEqualTo(new Money(300));
    }
}
