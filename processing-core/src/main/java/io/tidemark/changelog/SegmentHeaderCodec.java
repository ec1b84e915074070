package io.tidemark.changelog;

import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.BaseProgressCodec;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Bytes of a segment header. Reading is bounded by the buffer it is given. */
final class SegmentHeaderCodec {

    private static final int ID_LENGTH = 4 + 8 + 16;
    private static final int MAX_TEXT = 0xFFFF;

    private SegmentHeaderCodec() {}

    static byte[] encode(SegmentHeader header) {
        byte[] owner = header.owner().getBytes(StandardCharsets.UTF_8);
        SortedMap<String, Position> positions = header.positions().byTopic();
        int size = 1 + ID_LENGTH + 1 + ID_LENGTH + 8 + 2 + owner.length + 2;
        for (String topic : positions.keySet()) {
            size += 2 + topic.getBytes(StandardCharsets.UTF_8).length + 8 + 4;
        }
        SegmentHeader.Stretch stretch = header.stretch();
        size += BaseProgressCodec.size(header.base());
        size += stretch == null ? 0 : 2 + stretch.from().length + 2 + stretch.to().length + 1;
        ByteBuffer out = ByteBuffer.allocate(size).put(header.kind().code());
        putId(out, header.id());
        CheckpointId parent = header.parent();
        out.put((byte) (parent == null ? 0 : 1));
        putId(out, parent == null ? header.id() : parent);
        out.putLong(header.schemaFingerprint());
        putText(out, owner);
        out.putShort((short) positions.size());
        for (Map.Entry<String, Position> each : positions.entrySet()) {
            putText(out, each.getKey().getBytes(StandardCharsets.UTF_8));
            out.putLong(each.getValue().offset()).putInt(each.getValue().leaderEpoch());
        }
        BaseProgressCodec.put(out, header.base());
        if (stretch != null) {
            BaseProgressCodec.putRow(out, stretch.from());
            BaseProgressCodec.putRow(out, stretch.to());
            out.put((byte) (stretch.last() ? 1 : 0));
        }
        return out.array();
    }

    static SegmentHeader decode(ByteBuffer in) {
        SegmentKind kind = SegmentKind.of(in.get());
        CheckpointId id = id(in);
        boolean hasParent = in.get() != 0;
        CheckpointId parent = id(in);
        long fingerprint = in.getLong();
        String owner = text(in);
        int count = in.getShort() & MAX_TEXT;
        SortedMap<String, Position> positions = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            positions.put(text(in), new Position(in.getLong(), in.getInt()));
        }
        BaseProgress base = BaseProgressCodec.get(in);
        SegmentHeader.Stretch stretch = kind == SegmentKind.BASE_SLICE
                ? new SegmentHeader.Stretch(BaseProgressCodec.getRow(in), BaseProgressCodec.getRow(in), in.get() != 0)
                : null;
        return new SegmentHeader(
                kind, id, parentOrNone(hasParent, parent), new Positions(positions), fingerprint, owner, base, stretch);
    }

    private static @Nullable CheckpointId parentOrNone(boolean hasParent, CheckpointId parent) {
        return hasParent ? parent : null;
    }

    private static void putId(ByteBuffer out, CheckpointId id) {
        out.putInt(id.lineage())
                .putLong(id.number())
                .putLong(id.attempt().getMostSignificantBits())
                .putLong(id.attempt().getLeastSignificantBits());
    }

    private static CheckpointId id(ByteBuffer in) {
        return new CheckpointId(in.getInt(), in.getLong(), new UUID(in.getLong(), in.getLong()));
    }

    private static void putText(ByteBuffer out, byte[] text) {
        if (text.length > MAX_TEXT) {
            throw new IllegalArgumentException("A name of " + text.length + " bytes is too long");
        }
        out.putShort((short) text.length).put(text);
    }

    private static String text(ByteBuffer in) {
        int length = in.getShort() & MAX_TEXT;
        if (length > in.remaining()) {
            throw new IllegalArgumentException("name of " + length + " bytes where " + in.remaining() + " are left");
        }
        byte[] text = new byte[length];
        in.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
