package io.tidemark.state;

import io.tidemark.error.StateCorrupted;
import io.tidemark.stream.BaseProgressCodec;
import io.tidemark.stream.CheckpointId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Bytes of a {@link StorePosition}: {@code version (1) | lineage (4) | number (8) | attempt (16) | changelog next (8) | base progress | CRC32C
 * (4)}.
 */
public final class StorePositionCodec {

    private static final byte VERSION = 2;
    private static final int FIXED = 1 + 4 + 8 + 16 + 8 + 4;

    private StorePositionCodec() {}

    public static byte[] encode(StorePosition position) {
        CheckpointId id = position.checkpoint();
        ByteBuffer buffer = ByteBuffer.allocate(FIXED + BaseProgressCodec.size(position.base()))
                .put(VERSION)
                .putInt(id.lineage())
                .putLong(id.number())
                .putLong(id.attempt().getMostSignificantBits())
                .putLong(id.attempt().getLeastSignificantBits())
                .putLong(position.changelogNext());
        BaseProgressCodec.put(buffer, position.base());
        return buffer.putInt(crc(buffer.array())).array();
    }

    /**
     * @throws StateCorrupted when the bytes are not a position this version wrote
     */
    public static StorePosition decode(byte[] bytes) {
        if (bytes.length < FIXED || bytes[0] != VERSION) {
            throw new StateCorrupted("The store's position has " + bytes.length + " bytes in an unknown format", null);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, bytes.length - Integer.BYTES);
        if (ByteBuffer.wrap(bytes).getInt(bytes.length - Integer.BYTES) != crc(bytes)) {
            throw new StateCorrupted("The store's position fails its checksum", null);
        }
        buffer.get();
        try {
            CheckpointId id =
                    new CheckpointId(buffer.getInt(), buffer.getLong(), new UUID(buffer.getLong(), buffer.getLong()));
            StorePosition position = new StorePosition(id, buffer.getLong(), BaseProgressCodec.get(buffer));
            if (buffer.hasRemaining()) {
                throw new IllegalArgumentException("bytes after the end");
            }
            return position;
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            throw new StateCorrupted("The store's position cannot be read: " + e.getMessage(), e);
        }
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - Integer.BYTES);
        return (int) crc.getValue();
    }
}
