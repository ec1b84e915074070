package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.StateCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RawCodecsTest {

    enum Size {
        SMALL,
        LARGE
    }

    enum Grown {
        LARGE,
        SMALL,
        HUGE
    }

    private final Random random = new Random(11);

    @Test
    void shouldKeepTheOrderOfValuesInTheOrderOfBytes() {
        ordered(RawCodecs.LONG, r -> r.nextLong(), Long.MIN_VALUE, -1L, 0L, 1L, Long.MAX_VALUE);
        ordered(RawCodecs.INTEGER, r -> r.nextInt(), Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE);
        ordered(
                RawCodecs.DOUBLE,
                r -> r.nextGaussian() * 1e10,
                Double.NEGATIVE_INFINITY,
                -Double.MIN_VALUE,
                -0.0,
                0.0,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                Double.POSITIVE_INFINITY);
        ordered(RawCodecs.BOOLEAN, r -> r.nextBoolean(), false, true);
        ordered(
                RawCodecs.INSTANT,
                r -> Instant.ofEpochSecond(r.nextInt(), r.nextInt(1_000_000_000)),
                Instant.MIN,
                Instant.EPOCH,
                Instant.MAX);
        ordered(RawCodecs.STRING, r -> Integer.toString(r.nextInt(), 36), "", "a", "ä", "z");
    }

    @Test
    void shouldReadWhatItWrote() {
        UUID uuid = new UUID(random.nextLong(), random.nextLong());
        assertThat(RawCodecs.UUID_CODEC.decode(RawCodecs.UUID_CODEC.encode(uuid)))
                .isEqualTo(uuid);
        assertThat(RawCodecs.BYTES.decode(RawCodecs.BYTES.encode(new byte[] {1, 2})))
                .containsExactly(1, 2);
        StateCodec<Size> codec = RawCodecs.enumByName(Size.class);
        assertThat(codec.decode(codec.encode(Size.LARGE))).isEqualTo(Size.LARGE);
    }

    @Test
    void shouldRefuseBytesOfAnotherLength() {
        for (StateCodec<?> codec : List.of(
                RawCodecs.LONG,
                RawCodecs.INTEGER,
                RawCodecs.DOUBLE,
                RawCodecs.BOOLEAN,
                RawCodecs.INSTANT,
                RawCodecs.UUID_CODEC)) {
            assertThatThrownBy(() -> codec.decode(new byte[3])).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldReadAnEnumThatGrewOrWasReordered() {
        StateCodec<Size> old = RawCodecs.enumByName(Size.class);
        StateCodec<Grown> grown = RawCodecs.enumByName(Grown.class);

        assertThat(grown.fit(old.format()).isReadable()).isTrue();
        assertThat(old.fit(grown.format()).isReadable()).isFalse();
        assertThat(grown.decode(old.encode(Size.SMALL))).isEqualTo(Grown.SMALL);
    }

    @Test
    void shouldNotReadAnotherTypesBytes() {
        assertThat(RawCodecs.LONG.fit(RawCodecs.INTEGER.format()).isReadable()).isFalse();
        assertThat(RawCodecs.LONG.fit(RawCodecs.LONG.format()).isReadable()).isTrue();
    }

    @SafeVarargs
    private <T extends Comparable<T>> void ordered(StateCodec<T> codec, Function<Random, T> generator, T... edges) {
        List<T> values = new ArrayList<>(Arrays.asList(edges));
        for (int i = 0; i < 200; i++) {
            values.add(generator.apply(random));
        }
        values.sort(Comparator.naturalOrder());
        byte[] before = null;
        for (T value : values) {
            byte[] bytes = codec.encode(value);
            assertThat(codec.decode(bytes)).isEqualTo(value);
            if (before != null) {
                assertThat(Arrays.compareUnsigned(before, bytes)).isLessThanOrEqualTo(0);
            }
            before = bytes;
        }
    }
}
