package example.wayside.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

import org.junit.jupiter.api.Test;

class ReturnDeskTest extends GatewayTestCase {

    @Test
    void deadline_whenParcelIsDelivered_thenAddsThirtyDays() {
        // given
        var store = mock(ParcelStore.class);
        var ledger = mock(Ledger.class);
        var subject = new ReturnDesk(store, ledger, clock);

        // when
        var actual = subject.deadline(MONDAY);

        // then
        assertThat(actual).as("deadline").isEqualTo(MONDAY.plusDays(30));
    }

    @Test
    void isOpenFor_whenTodayIsTheDeadline_thenReturnsTrue() {
        // given
        var store = mock(ParcelStore.class);
        var ledger = mock(Ledger.class);
        var subject = new ReturnDesk(store, ledger, clock);

        // when
        var actual = subject.isOpenFor(MONDAY.minusDays(30));

        // then
        assertThat(actual).as("is open for").isTrue();
    }

    @Test
    void isOpenFor_whenDeadlineHasPassed_thenReturnsFalse() {
        // given
        var store = mock(ParcelStore.class);
        var ledger = mock(Ledger.class);
        var subject = new ReturnDesk(store, ledger, clock);

        // when
        var actual = subject.isOpenFor(MONDAY.minusDays(31));

        // then
        assertThat(actual).as("is open for").isFalse();
    }

    @Test
    void takeBack_whenParcelIsKnown_thenRefundsTheAccount() {
        // given
        var store = mock(ParcelStore.class);
        var ledger = mock(Ledger.class);
        var subject = new ReturnDesk(store, ledger, clock);
        given(store.contains("P-1")).willReturn(true);

        // when
        var actual = subject.takeBack("P-1", "mill", 700);

        // then
        assertThat(actual).as("take back").isEqualTo(700);
        then(ledger).should().refund("mill", 700);
    }

    @Test
    void takeBack_whenParcelIsUnknown_thenIsRefused() {
        // given
        var store = mock(ParcelStore.class);
        var ledger = mock(Ledger.class);
        var subject = new ReturnDesk(store, ledger, clock);
        given(store.contains("P-1")).willReturn(false);

        // when / then
        assertThatThrownBy(() -> subject.takeBack("P-1", "mill", 700))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parcel was never shipped");
    }

    @Test
    void goodwillCents_whenAccountIsInDebt_thenReturnsZero() {
        // given
        var store = mock(ParcelStore.class);
        var ledger = mock(Ledger.class);
        var subject = new ReturnDesk(store, ledger, clock);
        given(ledger.balanceCents("mill")).willReturn(-1);

        // when
        var actual = subject.goodwillCents("mill", 700);

        // then
        assertThat(actual).as("goodwill cents").isZero();
    }
}
