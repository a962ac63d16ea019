package example.wayside.domain.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MoneyTest {

    @Test
    void plus_whenBothAmountsAreSet_thenReturnsTheSum() {
        // given
        var subject = new Money(250);

        // when
        var actual = subject.plus(new Money(150));

        // then
        assertThat(actual).as("plus").isEqualTo(new Money(400));
    }

    @Test
    void minus_whenOtherIsSmaller_thenReturnsTheDifference() {
        // given
        var subject = new Money(500);

        // when
        var actual = subject.minus(new Money(200));

        // then
        assertThat(actual).as("minus").isEqualTo(new Money(300));
    }

    @Test
    void minus_whenOtherIsLarger_thenIsRefused() {
        // given
        var subject = new Money(100);

        // when / then
        assertThatThrownBy(() -> subject.minus(new Money(101)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("amount is too small");
    }

    @Test
    void times_whenFactorIsThree_thenReturnsTheTriple() {
        // given
        var subject = new Money(120);

        // when
        var actual = subject.times(3);

        // then
        assertThat(actual).as("times").isEqualTo(new Money(360));
    }

    @Test
    void times_whenFactorIsNegative_thenIsRefused() {
        // given
        var subject = new Money(120);

        // when / then
        assertThatThrownBy(() -> subject.times(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("factor is negative");
    }

    @Test
    void percent_whenResultHasAFraction_thenRoundsHalfUp() {
        // given
        var subject = new Money(250);

        // when
        var actual = subject.percent(15);

        // then
        assertThat(actual).as("percent").isEqualTo(new Money(38));
    }

    @Test
    void isMoreThan_whenAmountsAreEqual_thenReturnsFalse() {
        // given
        var subject = new Money(100);

        // when
        var actual = subject.isMoreThan(new Money(100));

        // then
        assertThat(actual).as("is more than").isFalse();
    }

    @Test
    void isZero_whenAmountIsZero_thenReturnsTrue() {
        // given
        var subject = new Money(0);

        // when
        var actual = subject.isZero();

        // then
        assertThat(actual).as("is zero").isTrue();
    }
}
