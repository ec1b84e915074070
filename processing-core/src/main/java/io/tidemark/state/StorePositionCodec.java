package io.tidemark.state;

import io.tidemark.error.StateCorrupted;
import io.tidemark.stream.CheckpointId;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/** Bytes of a {@link StorePosition}: {@code version (1) | lineage (4) | number (8) | attempt (16) | changelog next (8) | CRC32C (4)}. */
public final class StorePositionCodec {

    private static final byte VERSION = 1;
    private static final int LENGTH = 1 + 4 + 8 + 16 + 8 + 4;

    private StorePositionCodec() {}

    public static byte[] encode(StorePosition position) {
        CheckpointId id = position.checkpoint();
        ByteBuffer buffer = ByteBuffer.allocate(LENGTH)
                .put(VERSION)
                .putInt(id.lineage())
                .putLong(id.number())
                .putLong(id.attempt().getMostSignificantBits())
                .putLong(id.attempt().getLeastSignificantBits())
                .putLong(position.changelogNext());
        return buffer.putInt(crc(buffer.array())).array();
    }

    /**
     * @throws StateCorrupted when the bytes are not a position this version wrote
     */
    public static StorePosition decode(byte[] bytes) {
        if (bytes.length != LENGTH || bytes[0] != VERSION) {
            throw new StateCorrupted("The store's position has " + bytes.length + " bytes in an unknown format", null);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt(LENGTH - Integer.BYTES) != crc(bytes)) {
            throw new StateCorrupted("The store's position fails its checksum", null);
        }
        buffer.get();
        CheckpointId id =
                new CheckpointId(buffer.getInt(), buffer.getLong(), new UUID(buffer.getLong(), buffer.getLong()));
        return new StorePosition(id, buffer.getLong());
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, LENGTH - Integer.BYTES);
        return (int) crc.getValue();
    }
}
