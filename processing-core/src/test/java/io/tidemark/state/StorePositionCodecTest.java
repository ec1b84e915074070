package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.error.StateCorrupted;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.BaseProgress.Round;
import io.tidemark.stream.CheckpointId;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StorePositionCodecTest {

    private final StorePosition position = new StorePosition(
            new CheckpointId(3, 41, new UUID(1, 2)),
            99,
            new BaseProgress(1_000, 300, new Round(17, new byte[] {1, 2}, new byte[] {9}, 100, 200)));

    @Test
    void shouldReadWhatItWrote() {
        assertThat(StorePositionCodec.decode(StorePositionCodec.encode(position)))
                .isEqualTo(position);
    }

    @Test
    void shouldReadAPositionWithoutARound() {
        StorePosition plain = new StorePosition(new CheckpointId(3, 41, new UUID(1, 2)), 99);
        assertThat(StorePositionCodec.decode(StorePositionCodec.encode(plain))).isEqualTo(plain);
    }

    @Test
    void shouldRefuseEveryFlippedBitAndEveryTruncation() {
        byte[] bytes = StorePositionCodec.encode(position);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] bad = bytes.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> StorePositionCodec.decode(bad)).isInstanceOf(StateCorrupted.class);
        }
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> StorePositionCodec.decode(cut)).isInstanceOf(StateCorrupted.class);
        }
    }
}
