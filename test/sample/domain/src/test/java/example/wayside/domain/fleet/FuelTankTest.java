package example.wayside.domain.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FuelTankTest {

    @Test
    void refuel_whenThereIsRoom_thenReturnsTheNewLevel() {
        // given
        var subject = new FuelTank(60, 20);

        // when
        var actual = subject.refuel(30);

        // then
        assertThat(actual).as("refuel").isEqualTo(50);
    }

    @Test
    void refuel_whenAmountIsTooLarge_thenStopsAtTheCapacity() {
        // given
        var subject = new FuelTank(60, 20);

        // when
        var actual = subject.refuel(90);

        // then
        assertThat(actual).as("refuel").isEqualTo(60);
    }

    @Test
    void refuel_whenAmountIsZero_thenIsRefused() {
        // given
        var subject = new FuelTank(60, 20);

        // when / then
        assertThatThrownBy(() -> subject.refuel(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("amount must be positive");
    }

    @Test
    void burn_whenThereIsEnough_thenReturnsTheRest() {
        // given
        var subject = new FuelTank(60, 20);

        // when
        var actual = subject.burn(5);

        // then
        assertThat(actual).as("burn").isEqualTo(15);
    }

    @Test
    void burn_whenAmountIsTooLarge_thenIsRefused() {
        // given
        var subject = new FuelTank(60, 20);

        // when / then
        assertThatThrownBy(() -> subject.burn(21))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tank is empty");
    }

    @Test
    void isOnReserve_whenLevelIsLow_thenReturnsTrue() {
        // given
        var subject = new FuelTank(60, 5);

        // when
        var actual = subject.isOnReserve();

        // then
        assertThat(actual).as("is on reserve").isTrue();
    }

    @Test
    void rangeKm_whenConsumptionIsTen_thenReturnsTenTimesTheLitres() {
        // given
        var subject = new FuelTank(60, 20);

        // when
        var actual = subject.rangeKm(10);

        // then
        assertThat(actual).as("range km").isEqualTo(200);
    }
}
