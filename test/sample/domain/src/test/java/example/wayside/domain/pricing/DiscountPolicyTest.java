package example.wayside.domain.pricing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DiscountPolicyTest {

    @Test
    void percentFor_whenSenderIsSmall_thenReturnsZero() {
        // given
        var subject = new DiscountPolicy(20);

        // when
        var actual = subject.percentFor(9);

        // then
        assertThat(actual).as("percent for").isZero();
    }

    @Test
    void percentFor_whenSenderIsLarge_thenReturnsTwelve() {
        // given
        var subject = new DiscountPolicy(20);

        // when
        var actual = subject.percentFor(100);

        // then
        assertThat(actual).as("percent for").isEqualTo(12);
    }

    @Test
    void percentFor_whenLimitIsLower_thenReturnsTheLimit() {
        // given
        var subject = new DiscountPolicy(8);

        // when
        var actual = subject.percentFor(500);

        // then
        assertThat(actual).as("percent for").isEqualTo(8);
    }

    @Test
    void percentFor_whenCountIsNegative_thenIsRefused() {
        // given
        var subject = new DiscountPolicy(20);

        // when / then
        assertThatThrownBy(() -> subject.percentFor(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parcel count is negative");
    }

    @Test
    void discountOn_whenSenderIsRegular_thenReturnsFivePercent() {
        // given
        var subject = new DiscountPolicy(20);

        // when
        var actual = subject.discountOn(new Money(1000), 10);

        // then
        assertThat(actual).as("discount on").isEqualTo(new Money(50));
    }

    @Test
    void reduced_whenSenderIsRegular_thenSubtractsTheDiscount() {
        // given
        var subject = new DiscountPolicy(20);

        // when
        var actual = subject.reduced(new Money(1000), 10);

        // then
        assertThat(actual).as("reduced").isEqualTo(new Money(950));
    }

    @Test
    void parcelsToNextStep_whenSenderIsSmall_thenCountsUpToTen() {
        // given
        var subject = new DiscountPolicy(20);

        // when
        var actual = subject.parcelsToNextStep(7);

        // then
        assertThat(actual).as("parcels to next step").isEqualTo(3);
    }
}
