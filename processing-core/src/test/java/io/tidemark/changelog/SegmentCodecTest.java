package io.tidemark.changelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.codec.Lz4Compression;
import io.tidemark.error.StateCorrupted;
import io.tidemark.state.RowKey;
import io.tidemark.state.StateChange;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.BaseProgress.Round;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class SegmentCodecTest {

    private static final CheckpointId PARENT = new CheckpointId(0, 4, new UUID(1, 1));
    private static final CheckpointId ID = new CheckpointId(0, 5, new UUID(2, 2));

    private final SegmentCodec codec = new SegmentCodec(new Lz4Compression(), 2048, 1 << 20);

    /** A few bytes that claim to be millions of changes must not take the memory of millions. */
    @Test
    void shouldBoundTheNumberOfChangesBeforeThereIsRoomForThem() {
        ByteBuffer claimed = ByteBuffer.allocate(2_000_003);
        claimed.put((byte) 0xC0).put((byte) 0x84).put((byte) 0x3D); // 1,000,000 changes
        claimed.rewind();

        assertThatThrownBy(() -> ChangesCodec.decode(claimed, 1 << 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000000 changes, which stand for more than");
    }

    @Test
    void shouldReadWhatItWroteAtEverySize() {
        for (int changes : new int[] {0, 1, 3, 50, 2000}) {
            Segment segment = new Segment(header(PARENT), random(changes), null);
            EncodedSegment encoded = codec.encode(segment.header(), segment.changes());

            Segment read = assemble(encoded.chunks());

            assertThat(encoded.chunks())
                    .allSatisfy(chunk -> assertThat(chunk.length).isLessThanOrEqualTo(2048));
            assertThat(read.header()).isEqualTo(segment.header());
            assertThat(read.hash()).isEqualTo(encoded.hash());
            assertThat(read.changes()).hasSameSizeAs(segment.changes());
            assertThat(rowsAfter(read.changes())).isEqualTo(rowsAfter(segment.changes()));
        }
    }

    /** Changes are written in an order of their own; what they lead to may not depend on it. */
    @Test
    void shouldLeadToTheSameRowsAlsoWhereOneRowChangesMoreThanOnce() {
        Random random = new Random(5);
        for (int round = 0; round < 300; round++) {
            List<StateChange> changes = new ArrayList<>();
            boolean prefixes = random.nextInt(4) == 0;
            for (int i = 0; i < random.nextInt(200); i++) {
                byte[] key = new byte[random.nextInt(12)];
                for (int at = 0; at < key.length; at++) {
                    key[at] = (byte) random.nextInt(2);
                }
                byte[] row = random.nextInt(10) == 0 ? key : RowKey.value("s" + random.nextInt(2), key);
                changes.add(
                        switch (random.nextInt(prefixes ? 4 : 3)) {
                            case 0 -> StateChange.delete(row);
                            case 3 -> StateChange.deletePrefix(row);
                            default -> StateChange.put(row, new byte[] {(byte) i});
                        });
            }

            List<StateChange> read =
                    assemble(codec.encode(header(PARENT), changes).chunks()).changes();

            assertThat(read).hasSameSizeAs(changes);
            assertThat(rowsAfter(read)).isEqualTo(rowsAfter(changes));
        }
    }

    @Test
    void shouldWriteRowsBesideThoseTheyShareMostWith() {
        Random random = new Random(5);
        List<StateChange> changes = new ArrayList<>();
        for (int i = 0; i < 7_500; i++) {
            String key = String.format("k%08d", random.nextInt(1_000_000));
            changes.add(StateChange.put(
                    RowKey.value(i % 2 == 0 ? "total" : "count", key.getBytes(StandardCharsets.US_ASCII)),
                    new byte[] {1}));
        }

        // three bytes of the key at most, two lengths, the value with its own; in the given order it would be fifteen
        // and more
        assertThat(ChangesCodec.encode(changes, 1 << 20).length()).isLessThan(7_500 * 8);
    }

    private static Map<String, List<Byte>> rowsAfter(List<StateChange> changes) {
        Map<String, List<Byte>> rows = new TreeMap<>();
        for (StateChange change : changes) {
            String row = HexFormat.of().formatHex(change.row());
            byte[] value = change.value();
            if (value != null) {
                List<Byte> bytes = new ArrayList<>();
                for (byte one : value) {
                    bytes.add(one);
                }
                rows.put(row, bytes);
            } else if (change.kind() == StateChange.Kind.DELETE) {
                rows.remove(row);
            } else {
                rows.keySet().removeIf(each -> each.startsWith(row));
            }
        }
        return rows;
    }

    @Test
    void shouldWriteTheHeaderOfCheckpointZeroWithoutAParent() {
        EncodedSegment encoded = codec.encode(header(null), List.of());

        assertThat(assemble(encoded.chunks()).header().parent()).isNull();
        assertThat(codec.header(encoded.chunks().get(0)).owner()).isEqualTo("app-orders-1-0");
    }

    @Test
    void shouldCompressWhatRepeats() {
        List<StateChange> same = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            same.add(StateChange.put(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, new byte[100]));
        }

        assertThat(codec.encode(header(PARENT), same).sizeInBytes()).isLessThan(5_000);
    }

    @Test
    void shouldRefuseEveryFlippedBitAndEveryTruncation() {
        byte[] chunk = codec.encode(header(PARENT), random(5)).chunks().get(0);
        for (int bit = 0; bit < chunk.length * 8; bit++) {
            byte[] bad = chunk.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> assemble(List.of(bad))).isInstanceOf(StateCorrupted.class);
        }
        for (int length = 0; length < chunk.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(chunk, length);
            assertThatThrownBy(() -> assemble(List.of(cut))).isInstanceOf(StateCorrupted.class);
        }
    }

    /** A hostile writer can make the checksum right: then every length must still be bounded by what is really there. */
    @Test
    void shouldRefuseHostileLengthsWithAValidChecksumBeforeAllocating() {
        byte[] chunk = codec.encode(header(PARENT), random(20)).chunks().get(0);
        Random random = new Random(3);
        long before = usedByThisThread();
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = chunk.clone();
            int at = random.nextInt(bad.length - 8);
            ByteBuffer.wrap(bad).putInt(at, random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt());
            seal(bad);
            try {
                assemble(List.of(bad));
            } catch (StateCorrupted expected) {
                assertThat(expected).hasMessageNotContaining("OutOfMemory");
            }
        }
        long perAttempt = (usedByThisThread() - before) / 20_000;
        assertThat(perAttempt).as("bytes allocated per hostile chunk").isLessThan(64 << 10);
    }

    @Test
    void shouldRefuseChunksOutOfOrderOrOfDifferentSegments() {
        List<byte[]> one = codec.encode(header(PARENT), random(500)).chunks();
        List<byte[]> other = codec.encode(header(null), random(500)).chunks();
        assertThat(one.size()).isGreaterThan(2);

        assertThatThrownBy(() -> assemble(List.of(one.get(1)))).isInstanceOf(StateCorrupted.class);
        assertThatThrownBy(() -> assemble(List.of(one.get(0), one.get(2)))).isInstanceOf(StateCorrupted.class);
        assertThatThrownBy(() -> assemble(List.of(one.get(0), other.get(1)))).isInstanceOf(StateCorrupted.class);
    }

    @Test
    void shouldRefuseToWriteMoreThanItWouldRead() {
        SegmentCodec small = new SegmentCodec(new Lz4Compression(), 2048, 100);

        assertThatThrownBy(() -> small.encode(header(PARENT), random(50))).isInstanceOf(IllegalArgumentException.class);
    }

    /** A few bytes of a payload can stand for long rows: what they stand for is bounded as well. */
    @Test
    void shouldRefuseAPayloadThatStandsForMoreThanItsBound() {
        List<StateChange> alike = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            alike.add(StateChange.delete(new byte[127]));
        }
        ChangesCodec.Plain plain = ChangesCodec.encode(alike, 143_000);
        assertThat(plain.length()).isLessThan(5_000);

        assertThat(ChangesCodec.decode(ByteBuffer.wrap(plain.bytes(), 0, plain.length()), 143_000))
                .hasSize(1_000);
        assertThatThrownBy(() -> ChangesCodec.decode(ByteBuffer.wrap(plain.bytes(), 0, plain.length()), 142_999))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stands for more");
    }

    /** What is written is never more than what is read. */
    @Test
    void shouldReadWhateverItAgreedToWrite() {
        SegmentCodec bounded = new SegmentCodec(new Lz4Compression(), 2048, 100_000);
        int most = 0;
        for (int rows = 100; rows < 10_000; rows += 100) {
            List<StateChange> changes = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                changes.add(StateChange.put(new byte[] {(byte) (i % 2), (byte) i}, new byte[i % 200]));
            }
            EncodedSegment encoded;
            try {
                encoded = bounded.encode(header(PARENT), changes);
            } catch (IllegalArgumentException e) {
                continue;
            }
            most = rows;
            SegmentAssembler assembler = new SegmentAssembler(bounded);
            Segment read = null;
            for (byte[] chunk : encoded.chunks()) {
                read = assembler.accept(chunk);
            }
            assertThat(read.changes()).hasSize(rows);
        }
        assertThat(most).isBetween(500, 9_000);
    }

    @Test
    void shouldReadRowsThatShareWhatIsBeforeThem() {
        List<StateChange> changes = new ArrayList<>();
        for (int length : new int[] {0, 1, 126, 127, 128, 200, 127, 3, 3, 0, 300, 300}) {
            changes.add(StateChange.put(new byte[length], new byte[] {1}));
            changes.add(StateChange.deletePrefix(new byte[length]));
        }

        assertThat(assemble(codec.encode(header(PARENT), changes).chunks()).changes())
                .usingRecursiveComparison()
                .isEqualTo(changes);
    }

    @Test
    void shouldRefuseRandomBytes() {
        Random random = new Random(9);
        for (int i = 0; i < 2000; i++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            if (noise.length > 8) {
                noise[0] = 3;
                seal(noise);
            }
            assertThatThrownBy(() -> assemble(List.of(noise))).isInstanceOf(StateCorrupted.class);
        }
    }

    private Segment assemble(List<byte[]> chunks) {
        SegmentAssembler assembler = new SegmentAssembler(codec);
        Segment segment = null;
        for (byte[] chunk : chunks) {
            assertThat(segment).isNull();
            segment = assembler.accept(chunk);
        }
        return segment;
    }

    private static SegmentHeader header(CheckpointId parent) {
        return new SegmentHeader(
                SegmentKind.DELTA,
                ID,
                parent,
                Positions.of(Map.of("orders", new Position(17, 3), "payments", Position.at(0))),
                42,
                "app-orders-1-0",
                new BaseProgress(1_000, 300, new Round(17, new byte[] {1, 2}, new byte[] {9}, 100, 200)),
                null);
    }

    private static List<StateChange> random(int count) {
        Random random = new Random(count);
        List<StateChange> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] row = new byte[1 + random.nextInt(20)];
            random.nextBytes(row);
            byte[] value = new byte[random.nextInt(40)];
            random.nextBytes(value);
            switch (random.nextInt(4)) {
                case 0 -> changes.add(StateChange.delete(row));
                case 1 -> changes.add(StateChange.deletePrefix(row));
                default -> changes.add(StateChange.put(row, value));
            }
        }
        return changes;
    }

    private static void seal(byte[] chunk) {
        CRC32C crc = new CRC32C();
        crc.update(chunk, 0, chunk.length - 4);
        ByteBuffer.wrap(chunk).putInt(chunk.length - 4, (int) crc.getValue());
    }

    private static long usedByThisThread() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }
}
