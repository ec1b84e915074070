package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.VersionedCodec;
import io.tidemark.state.RoundTrip;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every codec of states promises, whoever made its format. */
abstract class StateCodecContract<T> {

    abstract StateCodec<T> codec();

    /** Values as applications have them. */
    abstract List<T> values();

    /** A format this codec reads, and one it does not. */
    abstract List<StoredFormat> readable();

    abstract List<StoredFormat> unreadable();

    @Test
    void shouldGiveBackWhatItWasGiven() {
        for (T value : values()) {
            assertThat(RoundTrip.problemWith(codec(), value)).as("%s", value).isNull();
        }
        assertThat(SelfTest.problemsOf(codec())).isEmpty();
    }

    @Test
    void shouldWriteEqualBytesForEqualValues() {
        for (T value : values()) {
            if (codec().hasStableBytes(value)) {
                assertThat(codec().encode(codec().decode(codec().encode(value))))
                        .isEqualTo(codec().encode(value));
            }
        }
    }

    @Test
    void shouldReadItsOwnFormat() {
        assertThat(codec().fit(codec().format()).misfits()).isEmpty();
        assertThat(codec().fit(codec().format()).behind()).isFalse();
        assertThat(codec()).isEqualTo(codec()).hasSameHashCodeAs(codec());
        assertThat(codec().id() + codec().schema()).doesNotContain("\n");
    }

    @Test
    void shouldJudgeOtherFormats() {
        for (StoredFormat format : readable()) {
            assertThat(codec().fit(format).misfits()).isEmpty();
            if (codec() instanceof VersionedCodec<T> versioned) {
                StateCodec<T> bound = versioned.boundTo(versioned.formatAfter(format));
                values().forEach(value ->
                        assertThat(RoundTrip.problemWith(bound, value)).isNull());
            }
        }
        for (StoredFormat format : unreadable()) {
            assertThat(codec().fit(format).misfits())
                    .isNotEmpty()
                    .allSatisfy(misfit -> assertThat(misfit).hasSizeGreaterThan(10));
        }
        assertThat(codec().fit(new StoredFormat("another", "format")).isReadable())
                .isFalse();
    }

    /** Bytes that are cut, changed or made up are refused, or read as something, without much being allocated, and load no class. */
    @Test
    void shouldTakeHostileBytes() {
        StateCodec<T> codec = codec();
        Random random = new Random(4);
        long before = allocated();
        int rounds = 0;
        for (T value : values()) {
            byte[] good = codec.encode(value);
            for (int length = 0; length < good.length; length++) {
                read(codec, Arrays.copyOf(good, length));
                rounds++;
            }
            for (int i = 0; i < 500; i++) {
                byte[] changed = good.clone();
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
                read(codec, changed);
                rounds++;
            }
        }
        for (int i = 0; i < 5_000; i++) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            if (noise.length > 0) {
                noise[0] &= 1;
            }
            read(codec, noise);
            rounds++;
        }
        assertThat((allocated() - before) / rounds).as("bytes for each").isLessThan(256 << 10);
    }

    private static <T> void read(StateCodec<T> codec, byte[] bytes) {
        try {
            codec.decode(bytes);
        } catch (RuntimeException | StackOverflowError expected) {
            // refused
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
