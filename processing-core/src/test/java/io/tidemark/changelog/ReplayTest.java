package io.tidemark.changelog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.changelog.Replay.Progress;
import io.tidemark.codec.Lz4Compression;
import io.tidemark.error.StateCorrupted;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.StateChange;
import io.tidemark.state.StorePosition;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.BaseProgress.Round;
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

    @Test
    void shouldRestoreFromTheSlicesOfARound() {
        slice(5, "", "bb", false, "aa", "bb");
        append(5, id(4), 15);
        slice(6, "bb", "dd", true, "dd");
        append(6, id(5), 16);
        append(7, id(6), 17);

        Replay replay = new Replay(store, id(7), hashes.get(2), codec, 1);
        for (int offset = 0; offset < 3; offset++) {
            replay.accept(offset, log.get(offset));
            assertThat(store.position()).as("not all rows are there").isNull();
        }
        assertThat(replay.accept(3, log.get(3))).isEqualTo(Progress.MORE);
        assertThat(replay.accept(4, log.get(4))).isEqualTo(Progress.REACHED);
        assertThat(store.position()).isEqualTo(new StorePosition(id(7), 5));
        assertThat(store.get(new byte[] {1})).containsExactly(17);
        for (String row : List.of("aa", "bb", "dd")) {
            assertThat(store.get(row.getBytes(UTF_8))).containsExactly(1);
        }
    }

    @Test
    void shouldRefuseABaseWithAGapOrWithoutItsEnd() {
        slice(5, "", "bb", false, "aa", "bb");
        append(5, id(4), 15);
        assertThatThrownBy(() -> replay(id(5), hashes.get(0), 0))
                .isInstanceOf(StateCorrupted.class)
                .hasMessageContaining("not whole");
        slice(6, "cc", "dd", true, "dd");
        append(6, id(5), 16);
        assertThatThrownBy(() -> replay(id(6), hashes.get(1), 0))
                .isInstanceOf(StateCorrupted.class)
                .hasMessageContaining("does not follow");
        assertThatThrownBy(() -> replay(id(6), hashes.get(1), 2))
                .as("from the middle of a round")
                .isInstanceOf(StateCorrupted.class);
        assertThat(store.position()).isNull();
    }

    @Test
    void shouldRefuseASliceBehindItsDelta() {
        append(0, null, 10);
        slice(1, "", "bb", true, "aa");
        append(1, id(0), 11);
        slice(1, "", "bb", true, "aa");
        append(2, id(1), 12);
        assertThat(replay(id(1), hashes.get(1), 0)).isEqualTo(Progress.REACHED);
        assertThat(replay(id(2), hashes.get(2), 3))
                .as("a roll forward cannot tell it from another history, and makes a restore from the base of it")
                .isEqualTo(Progress.OFF_CHAIN);
        Replay whole = new Replay(new InMemoryStateStore(), id(2), hashes.get(2), codec, 1 << 20);
        assertThatThrownBy(() -> {
                    for (int offset = 0; offset < log.size(); offset++) {
                        whole.accept(offset, log.get(offset));
                    }
                })
                .isInstanceOf(StateCorrupted.class)
                .hasMessageContaining("not where it belongs");
    }

    @Test
    void shouldNotTakeSlicesWhenTheStoreIsWhole() {
        append(0, null, 10);
        slice(1, "", "bb", false, "aa");
        append(1, id(0), 11);
        assertThat(replay(id(1), hashes.get(1), 0)).isEqualTo(Progress.REACHED);
        assertThat(store.get("aa".getBytes(UTF_8)))
                .as("a row nobody has put: the slice was not applied")
                .isNull();
    }

    @Test
    void shouldRememberWhereARoundThatIsUnderWayBegan() {
        append(0, null, 10);
        slice(1, "", "bb", false, "aa");
        BaseProgress opening = new BaseProgress(7, 0, new Round(Round.OPENING, new byte[] {2}, new byte[] {9}, 3, 3));
        append(1, id(0), 11, opening);
        assertThat(replay(id(1), hashes.get(1), 0)).isEqualTo(Progress.REACHED);
        assertThat(store.position().base()).isEqualTo(opening.startedAt(1));
    }

    private void slice(long number, String from, String to, boolean last, String... rows) {
        SegmentHeader header = new SegmentHeader(
                SegmentKind.BASE_SLICE,
                id(number),
                id(number - 1),
                Positions.of(Map.of()),
                0,
                "me",
                BaseProgress.NONE,
                new SegmentHeader.Stretch(from.getBytes(UTF_8), to.getBytes(UTF_8), last));
        List<StateChange> changes = new ArrayList<>();
        for (String row : rows) {
            changes.add(StateChange.put(row.getBytes(UTF_8), new byte[] {1}));
        }
        log.addAll(codec.encode(header, changes).chunks());
    }

    private Progress replay(CheckpointId target, DeltaHash hash, int from) {
        Replay replay = new Replay(store, target, hash, codec, 1 << 20);
        Progress progress = Progress.MORE;
        for (int offset = from; offset < log.size() && progress == Progress.MORE; offset++) {
            progress = replay.accept(offset, log.get(offset));
        }
        return progress;
    }

    private void append(long number, CheckpointId parent, int value) {
        append(number, parent, value, BaseProgress.NONE);
    }

    private void append(long number, CheckpointId parent, int value, BaseProgress base) {
        SegmentHeader header =
                new SegmentHeader(SegmentKind.DELTA, id(number), parent, Positions.of(Map.of()), 0, "me", base, null);
        EncodedSegment encoded =
                codec.encode(header, List.of(StateChange.put(new byte[] {1}, new byte[] {(byte) value})));
        log.addAll(encoded.chunks());
        hashes.add(encoded.hash());
    }

    private static CheckpointId id(long number) {
        return new CheckpointId(0, number, new UUID(5, number));
    }
}
