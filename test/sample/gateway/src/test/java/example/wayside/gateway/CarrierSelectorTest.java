package example.wayside.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import java.util.List;
import org.junit.jupiter.api.Test;

class CarrierSelectorTest extends GatewayTestCase {

    @Test
    void firstAvailable_whenTheFirstIsBusy_thenReturnsTheSecond() {
        // given
        var bird = mock(Carrier.class);
        var mule = mock(Carrier.class);
        var subject = new CarrierSelector(List.of(bird, mule));
        given(bird.isAvailable()).willReturn(false);
        given(mule.isAvailable()).willReturn(true);

        // when
        var actual = subject.firstAvailable();

        // then
        assertThat(actual).as("first available").contains(mule);
    }

    @Test
    void firstAvailable_whenAllAreBusy_thenReturnsNothing() {
        // given
        var bird = mock(Carrier.class);
        var mule = mock(Carrier.class);
        var subject = new CarrierSelector(List.of(bird, mule));
        given(bird.isAvailable()).willReturn(false);
        given(mule.isAvailable()).willReturn(false);

        // when
        var actual = subject.firstAvailable();

        // then
        assertThat(actual).as("first available").isEmpty();
    }

    @Test
    void cheapest_whenBothAreAvailable_thenReturnsTheLowerQuote() {
        // given
        var bird = mock(Carrier.class);
        var mule = mock(Carrier.class);
        var subject = new CarrierSelector(List.of(bird, mule));
        given(bird.isAvailable()).willReturn(true);
        given(mule.isAvailable()).willReturn(true);
        given(bird.quoteCents(800)).willReturn(700);
        given(mule.quoteCents(800)).willReturn(450);

        // when
        var actual = subject.cheapest(800);

        // then
        assertThat(actual).as("cheapest").isEqualTo(mule);
    }

    @Test
    void cheapest_whenAllAreBusy_thenIsRefused() {
        // given
        var bird = mock(Carrier.class);
        var subject = new CarrierSelector(List.of(bird));
        given(bird.isAvailable()).willReturn(false);

        // when / then
        assertThatThrownBy(() -> subject.cheapest(800))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no carrier is available");
    }

    @Test
    void availableCount_whenOneIsBusy_thenCountsTheOther() {
        // given
        var bird = mock(Carrier.class);
        var mule = mock(Carrier.class);
        var subject = new CarrierSelector(List.of(bird, mule));
        given(bird.isAvailable()).willReturn(true);
        given(mule.isAvailable()).willReturn(false);

        // when
        var actual = subject.availableCount();

        // then
        assertThat(actual).as("available count").isEqualTo(1);
    }

    @Test
    void named_whenCarrierIsKnown_thenReturnsIt() {
        // given
        var bird = mock(Carrier.class);
        var mule = mock(Carrier.class);
        var subject = new CarrierSelector(List.of(bird, mule));
        given(bird.name()).willReturn("bird");
        given(mule.name()).willReturn("mule");

        // when
        var actual = subject.named("mule");

        // then
        assertThat(actual).as("named").isEqualTo(mule);
    }

    @Test
    void named_whenCarrierIsUnknown_thenIsRefused() {
        // given
        var bird = mock(Carrier.class);
        var subject = new CarrierSelector(List.of(bird));
        given(bird.name()).willReturn("bird");

        // when / then
        assertThatThrownBy(() -> subject.named("ox"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("carrier is unknown");
    }
}
