package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.DeltaHash;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PointerCodecTest {

    private final Pointer pointer = new Pointer(
            new CheckpointRef(
                    new CheckpointId(Integer.MAX_VALUE, Long.MAX_VALUE, new UUID(-1, -1)),
                    new DeltaHash(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}),
                    7,
                    Long.MAX_VALUE,
                    -3,
                    9,
                    List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L)),
            Long.MAX_VALUE,
            new UUID(8, 9),
            64);

    @Test
    void shouldReadWhatItWrote() {
        assertThat(PointerCodec.decode(PointerCodec.encode(pointer))).contains(pointer);
    }

    @Test
    void shouldStayBelowItsBoundAtItsLargest() {
        assertThat(PointerCodec.encode(pointer).length()).isLessThanOrEqualTo(PointerCodec.MAX_LENGTH);
    }

    @Test
    void shouldRefuseEveryChangedCharacterAndEveryTruncation() {
        String text = PointerCodec.encode(pointer);
        for (int i = 0; i < text.length(); i++) {
            String bad = text.substring(0, i) + (text.charAt(i) == 'A' ? 'B' : 'A') + text.substring(i + 1);
            assertThat(PointerCodec.decode(bad)).as("character %d", i).isNotEqualTo(java.util.Optional.of(pointer));
            assertThat(PointerCodec.decode(text.substring(0, i))).isEmpty();
        }
    }

    @Test
    void shouldRefuseForeignMetadata() {
        for (String foreign :
                List.of("", "x", "tm1:", "tm1:!!!!", "tm2:AAAA", "{\"offset\":1}", "tm1:" + "A".repeat(600))) {
            assertThat(PointerCodec.decode(foreign)).isEmpty();
        }
    }
}
