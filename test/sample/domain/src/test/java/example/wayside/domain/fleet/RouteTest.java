package example.wayside.domain.fleet;

import static example.wayside.domain.fixture.Fixtures.aRoute;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RouteTest {

    @Test
    void via_whenStopIsNew_thenAppendsIt() {
        // given
        var subject = aRoute().withStops("North", "Mill").build();

        // when
        var actual = subject.via("Harbour");

        // then
        assertThat(actual.stops()).as("via").containsExactly("North", "Mill", "Harbour");
    }

    @Test
    void via_whenStopIsKnown_thenIsRefused() {
        // given
        var subject = aRoute().withStops("North", "Mill").build();

        // when / then
        assertThatThrownBy(() -> subject.via("Mill"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stop is already on the route");
    }

    @Test
    void reversed_whenThereAreThreeStops_thenTurnsTheirOrder() {
        // given
        var subject = aRoute().withStops("North", "Mill", "Harbour").build();

        // when
        var actual = subject.reversed();

        // then
        assertThat(actual.stops()).as("reversed").containsExactly("Harbour", "Mill", "North");
    }

    @Test
    void stopAfter_whenStopIsInTheMiddle_thenReturnsTheNextOne() {
        // given
        var subject = aRoute().withStops("North", "Mill", "Harbour").build();

        // when
        var actual = subject.stopAfter("Mill");

        // then
        assertThat(actual).as("stop after").contains("Harbour");
    }

    @Test
    void stopAfter_whenStopIsTheLast_thenReturnsNothing() {
        // given
        var subject = aRoute().withStops("North", "Mill").build();

        // when
        var actual = subject.stopAfter("Mill");

        // then
        assertThat(actual).as("stop after").isEmpty();
    }

    @Test
    void passes_whenStopIsOnTheRoute_thenReturnsTrue() {
        // given
        var subject = aRoute().withStops("North", "Mill").build();

        // when
        var actual = subject.passes("North");

        // then
        assertThat(actual).as("passes").isTrue();
    }

    @Test
    void legCount_whenThereAreThreeStops_thenReturnsTwo() {
        // given
        var subject = aRoute().withStops("North", "Mill", "Harbour").build();

        // when
        var actual = subject.legCount();

        // then
        assertThat(actual).as("leg count").isEqualTo(2);
    }

    @Test
    void isRoundTrip_whenLastStopIsTheFirst_thenReturnsTrue() {
        // given
        var subject = aRoute().withStops("North", "Mill", "North").build();

        // when
        var actual = subject.isRoundTrip();

        // then
        assertThat(actual).as("is round trip").isTrue();
    }

    @Test
    void sharedStops_whenRoutesMeetOnce_thenReturnsThatStop() {
        // given
        var subject = aRoute().withStops("North", "Mill").build();

        // when
        var actual = subject.sharedStops(aRoute().withStops("Mill", "Harbour").build());

        // then
        assertThat(actual).as("shared stops").containsExactly("Mill");
    }
}
