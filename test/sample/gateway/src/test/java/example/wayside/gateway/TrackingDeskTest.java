package example.wayside.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import org.junit.jupiter.api.Test;

class TrackingDeskTest extends GatewayTestCase {

    @Test
    void whereIs_whenParcelIsScanned_thenReturnsItsPlace() {
        // given
        var client = mock(TrackingClient.class);
        var subject = new TrackingDesk(client, 3);
        given(client.lastPlace("P-1")).willReturn("Graz");

        // when
        var actual = subject.whereIs("P-1");

        // then
        assertThat(actual).as("where is").isEqualTo("Graz");
    }

    @Test
    void whereIs_whenParcelIsNotScanned_thenSaysSo() {
        // given
        var client = mock(TrackingClient.class);
        var subject = new TrackingDesk(client, 3);
        given(client.lastPlace("P-1")).willReturn(null);

        // when
        var actual = subject.whereIs("P-1");

        // then
        assertThat(actual).as("where is").isEqualTo("not scanned yet");
    }

    @Test
    void isScanned_whenPlaceIsKnown_thenReturnsTrue() {
        // given
        var client = mock(TrackingClient.class);
        var subject = new TrackingDesk(client, 3);
        given(client.lastPlace("P-1")).willReturn("Graz");

        // when
        var actual = subject.isScanned("P-1");

        // then
        assertThat(actual).as("is scanned").isTrue();
    }

    @Test
    void persistently_whenSecondAttemptSucceeds_thenReturnsThePlace() {
        // given
        var client = mock(TrackingClient.class);
        var subject = new TrackingDesk(client, 2);
        given(client.lastPlace("P-1")).willThrow(new IllegalStateException("timeout")).willReturn("Graz");

        // when
        var actual = subject.persistently("P-1");

        // then
        assertThat(actual).as("persistently").isEqualTo("Graz");
    }

    @Test
    void persistently_whenEveryAttemptFails_thenIsRefused() {
        // given
        var client = mock(TrackingClient.class);
        var subject = new TrackingDesk(client, 2);
        given(client.lastPlace("P-1")).willThrow(new IllegalStateException("timeout"));

        // when / then
        assertThatThrownBy(() -> subject.persistently("P-1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("network is down");
    }

    @Test
    void areTogether_whenPlacesAreEqual_thenReturnsTrue() {
        // given
        var client = mock(TrackingClient.class);
        var subject = new TrackingDesk(client, 3);
        given(client.lastPlace("P-1")).willReturn("Graz");
        given(client.lastPlace("P-2")).willReturn("Graz");

        // when
        var actual = subject.areTogether("P-1", "P-2");

        // then
        assertThat(actual).as("are together").isTrue();
    }
}
