package example.wayside.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

import org.junit.jupiter.api.Test;

class BillingServiceTest extends GatewayTestCase {

    @Test
    void canPay_whenBalanceIsExact_thenReturnsTrue() {
        // given
        var ledger = mock(Ledger.class);
        var subject = new BillingService(ledger);
        given(ledger.balanceCents("mill")).willReturn(500);

        // when
        var actual = subject.canPay("mill", 500);

        // then
        assertThat(actual).as("can pay").isTrue();
    }

    @Test
    void bill_whenBalanceIsHighEnough_thenChargesTheAccount() {
        // given
        var ledger = mock(Ledger.class);
        var subject = new BillingService(ledger);
        given(ledger.balanceCents("mill")).willReturn(800, 300);

        // when
        var actual = subject.bill("mill", 500);

        // then
        assertThat(actual).as("bill").isEqualTo(300);
        then(ledger).should().charge("mill", 500);
    }

    @Test
    void bill_whenBalanceIsTooLow_thenIsRefused() {
        // given
        var ledger = mock(Ledger.class);
        var subject = new BillingService(ledger);
        given(ledger.balanceCents("mill")).willReturn(499);

        // when / then
        assertThatThrownBy(() -> subject.bill("mill", 500))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("balance is too low");
        then(ledger).should(never()).charge("mill", 500);
    }

    @Test
    void refund_whenAmountIsPositive_thenReturnsIt() {
        // given
        var ledger = mock(Ledger.class);
        var subject = new BillingService(ledger);

        // when
        var actual = subject.refund("mill", 250);

        // then
        assertThat(actual).as("refund").isEqualTo(250);
        then(ledger).should().refund("mill", 250);
    }

    @Test
    void refund_whenAmountIsZero_thenIsRefused() {
        // given
        var ledger = mock(Ledger.class);
        var subject = new BillingService(ledger);

        // when / then
        assertThatThrownBy(() -> subject.refund("mill", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("refund must be positive");
    }

    @Test
    void isInDebt_whenBalanceIsZero_thenReturnsFalse() {
        // given
        var ledger = mock(Ledger.class);
        var subject = new BillingService(ledger);
        given(ledger.balanceCents("mill")).willReturn(0);

        // when
        var actual = subject.isInDebt("mill");

        // then
        assertThat(actual).as("is in debt").isFalse();
    }

    @Test
    void affordableParcels_whenBalanceCoversThree_thenReturnsThree() {
        // given
        var ledger = mock(Ledger.class);
        var subject = new BillingService(ledger);
        given(ledger.balanceCents("mill")).willReturn(1000);

        // when
        var actual = subject.affordableParcels("mill", 300);

        // then
        assertThat(actual).as("affordable parcels").isEqualTo(3);
    }
}
