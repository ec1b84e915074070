package io.tidemark.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.changelog.Replay.Progress;
import io.tidemark.codec.Lz4Compression;
import io.tidemark.error.StateCorrupted;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.StateChange;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.DeltaHash;
import io.tidemark.stream.Positions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ReplayTest {

    private final SegmentCodec codec = new SegmentCodec(new Lz4Compression(), 2048, 1 << 20);
    private final List<byte[]> log = new ArrayList<>();
    private final List<DeltaHash> hashes = new ArrayList<>();
    private final InMemoryStateStore store = new InMemoryStateStore();

    @Test
    void shouldRestoreFromTheBaseUpToTheNamedDeltaOnly() {
        append(0, null, 10);
        append(1, id(0), 11);
        append(2, id(1), 12);

        Progress progress = replay(id(1), hashes.get(1), 0);

        assertThat(progress).isEqualTo(Progress.REACHED);
        assertThat(store.get(new byte[] {1})).containsExactly(11);
        assertThat(store.position()).isEqualTo(new StorePosition(id(1), 2));
    }

    @Test
    void shouldRollForwardFromAnAncestor() {
        append(0, null, 10);
        append(1, id(0), 11);
        append(2, id(1), 12);
        store.apply(List.of(StateChange.put(new byte[] {1}, new byte[] {10})), new StorePosition(id(0), 1));

        assertThat(replay(id(2), hashes.get(2), 1)).isEqualTo(Progress.REACHED);
        assertThat(store.get(new byte[] {1})).containsExactly(12);
    }

    @Test
    void shouldNoticeAStoreThatIsOffTheChain() {
        append(0, null, 10);
        append(1, id(0), 11);
        CheckpointId stranger = new CheckpointId(0, 0, new UUID(9, 9));
        store.apply(List.of(), new StorePosition(stranger, 1));

        assertThat(replay(id(1), hashes.get(1), 1)).isEqualTo(Progress.OFF_CHAIN);
        assertThat(store.position()).isEqualTo(new StorePosition(stranger, 1));
    }

    @Test
    void shouldRefuseAGapInTheChain() {
        append(0, null, 10);
        append(2, id(1), 12);

        assertThatThrownBy(() -> replay(id(2), hashes.get(1), 0))
                .isInstanceOf(StateCorrupted.class)
                .hasMessageContaining("follows checkpoint");
        store.apply(List.of(), new StorePosition(id(0), 1));
        append(3, id(2), 13);
    }

    @Test
    void shouldRefuseABaseThatDoesNotStartWithCheckpointZero() {
        append(1, id(0), 11);

        assertThatThrownBy(() -> replay(id(1), hashes.get(0), 0)).isInstanceOf(StateCorrupted.class);
        assertThat(store.position()).isNull();
    }

    @Test
    void shouldRefuseAnotherDeltaUnderTheSameIdentity() {
        append(0, null, 10);

        assertThatThrownBy(() -> replay(id(0), new DeltaHash(new byte[16]), 0))
                .isInstanceOf(StateCorrupted.class)
                .hasMessageContaining("hash");
        assertThat(store.position()).isNull();
    }

    @Test
    void shouldAskForMoreUntilTheNamedDeltaIsThere() {
        append(0, null, 10);

        assertThat(replay(id(1), hashes.get(0), 0)).isEqualTo(Progress.MORE);
    }

    private Progress replay(CheckpointId target, DeltaHash hash, int from) {
        Replay replay = new Replay(store, target, hash, codec);
        Progress progress = Progress.MORE;
        for (int offset = from; offset < log.size() && progress == Progress.MORE; offset++) {
            progress = replay.accept(offset, log.get(offset));
        }
        return progress;
    }

    private void append(long number, CheckpointId parent, int value) {
        SegmentHeader header =
                new SegmentHeader(SegmentKind.DELTA, id(number), parent, Positions.of(Map.of()), 0, "me");
        EncodedSegment encoded =
                codec.encode(header, List.of(StateChange.put(new byte[] {1}, new byte[] {(byte) value})));
        log.addAll(encoded.chunks());
        hashes.add(encoded.hash());
    }

    private static CheckpointId id(long number) {
        return new CheckpointId(0, number, new UUID(5, number));
    }
}
