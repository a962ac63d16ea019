package example.wayside.domain.parcel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DimensionsTest {

    @Test
    void volumeCubicCm_whenSidesDiffer_thenMultipliesThem() {
        // given
        var subject = new Dimensions(30, 20, 10);

        // when
        var actual = subject.volumeCubicCm();

        // then
        assertThat(actual).as("volume cubic cm").isEqualTo(6000);
    }

    @Test
    void longestSideCm_whenHeightIsLargest_thenReturnsTheHeight() {
        // given
        var subject = new Dimensions(30, 20, 90);

        // when
        var actual = subject.longestSideCm();

        // then
        assertThat(actual).as("longest side cm").isEqualTo(90);
    }

    @Test
    void girthCm_whenWidthAndHeightAreSet_thenDoublesTheirSum() {
        // given
        var subject = new Dimensions(100, 20, 10);

        // when
        var actual = subject.girthCm();

        // then
        assertThat(actual).as("girth cm").isEqualTo(60);
    }

    @Test
    void isOversize_whenOneSideIsTooLong_thenReturnsTrue() {
        // given
        var subject = new Dimensions(121, 10, 10);

        // when
        var actual = subject.isOversize();

        // then
        assertThat(actual).as("is oversize").isTrue();
    }

    @Test
    void isOversize_whenAllSidesAreShort_thenReturnsFalse() {
        // given
        var subject = new Dimensions(60, 40, 40);

        // when
        var actual = subject.isOversize();

        // then
        assertThat(actual).as("is oversize").isFalse();
    }

    @Test
    void fitsInside_whenBoxIsLarger_thenReturnsTrue() {
        // given
        var subject = new Dimensions(30, 20, 10);

        // when
        var actual = subject.fitsInside(new Dimensions(40, 30, 20));

        // then
        assertThat(actual).as("fits inside").isTrue();
    }

    @Test
    void fitsInside_whenBoxIsTooLow_thenReturnsFalse() {
        // given
        var subject = new Dimensions(30, 20, 10);

        // when
        var actual = subject.fitsInside(new Dimensions(40, 30, 9));

        // then
        assertThat(actual).as("fits inside").isFalse();
    }

    @Test
    void turned_whenLengthAndWidthDiffer_thenSwapsThem() {
        // given
        var subject = new Dimensions(30, 20, 10);

        // when
        var actual = subject.turned();

        // then
        assertThat(actual).as("turned").isEqualTo(new Dimensions(20, 30, 10));
    }
}
