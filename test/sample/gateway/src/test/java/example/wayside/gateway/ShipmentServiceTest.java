package example.wayside.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShipmentServiceTest extends GatewayTestCase {

    @Test
    void ship_whenParcelIsNew_thenSavesIt() {
        // given
        var store = mock(ParcelStore.class);
        var notifier = mock(Notifier.class);
        var subject = new ShipmentService(store, notifier);
        var parcel = parcel("P-1");
        given(store.contains("P-1")).willReturn(false);

        // when
        var actual = subject.ship(parcel, "ada");

        // then
        assertThat(actual).as("ship").isEqualTo("P-1");
        then(store).should().save(parcel);
    }

    @Test
    void ship_whenParcelIsNew_thenTellsTheRecipient() {
        // given
        var store = mock(ParcelStore.class);
        var notifier = mock(Notifier.class);
        var subject = new ShipmentService(store, notifier);
        given(store.contains("P-1")).willReturn(false);

        // when
        var actual = subject.ship(parcel("P-1"), "ada");

        // then
        assertThat(actual).as("ship").isEqualTo("P-1");
        then(notifier).should().tell("ada", "on its way");
    }

    @Test
    void ship_whenParcelIsKnown_thenIsRefused() {
        // given
        var store = mock(ParcelStore.class);
        var notifier = mock(Notifier.class);
        var subject = new ShipmentService(store, notifier);
        given(store.contains("P-1")).willReturn(true);

        // when / then
        assertThatThrownBy(() -> subject.ship(parcel("P-1"), "ada"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("parcel is already known");
        then(store).should(never()).save(any());
    }

    @Test
    void locate_whenParcelIsKnown_thenReturnsIt() {
        // given
        var store = mock(ParcelStore.class);
        var notifier = mock(Notifier.class);
        var subject = new ShipmentService(store, notifier);
        var parcel = parcel("P-1");
        given(store.find("P-1")).willReturn(Optional.of(parcel));

        // when
        var actual = subject.locate("P-1");

        // then
        assertThat(actual).as("locate").isEqualTo(parcel);
    }

    @Test
    void locate_whenParcelIsUnknown_thenIsRefused() {
        // given
        var store = mock(ParcelStore.class);
        var notifier = mock(Notifier.class);
        var subject = new ShipmentService(store, notifier);
        given(store.find("P-1")).willReturn(Optional.empty());

        // when / then
        assertThatThrownBy(() -> subject.locate("P-1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("parcel is unknown");
    }

    @Test
    void cancel_whenParcelIsKnown_thenDeletesIt() {
        // given
        var store = mock(ParcelStore.class);
        var notifier = mock(Notifier.class);
        var subject = new ShipmentService(store, notifier);
        given(store.contains("P-1")).willReturn(true);

        // when
        var actual = subject.cancel("P-1");

        // then
        assertThat(actual).as("cancel").isTrue();
        then(store).should().delete("P-1");
    }

    @Test
    void cancel_whenParcelIsUnknown_thenReturnsFalse() {
        // given
        var store = mock(ParcelStore.class);
        var notifier = mock(Notifier.class);
        var subject = new ShipmentService(store, notifier);
        given(store.contains("P-1")).willReturn(false);

        // when
        var actual = subject.cancel("P-1");

        // then
        assertThat(actual).as("cancel").isFalse();
        then(store).should(never()).delete("P-1");
    }

    @Test
    void remindAll_whenTwoAreWaiting_thenTellsTheRecipient() {
        // given
        var store = mock(ParcelStore.class);
        var notifier = mock(Notifier.class);
        var subject = new ShipmentService(store, notifier);
        given(store.allBoundFor("10")).willReturn(List.of(parcel("P-1"), parcel("P-2")));

        // when
        var actual = subject.remindAll("10", "ada");

        // then
        assertThat(actual).as("remind all").isEqualTo(2);
        then(notifier).should().tell("ada", "2 waiting");
    }
}
