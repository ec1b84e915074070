package io.tidemark.checkpoint;

import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.DeltaHash;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Pointers as offset metadata: {@code tm1:} and the base64url of a fixed layout that ends in a CRC32C. Never longer than
 * {@value #MAX_LENGTH} characters: the broker refuses metadata over 4096 bytes in a way that costs the whole producer.
 */
public final class PointerCodec {

    public static final int MAX_LENGTH = 512;

    private static final String PREFIX = "tm1:";
    private static final int FIXED = 4 + 8 + 16 + DeltaHash.LENGTH + 8 + 8 + 8 + 4 + 8 + 16 + 4 + 1 + 1 + 4;

    private PointerCodec() {}

    public static String encode(Pointer pointer) {
        CheckpointRef ref = pointer.checkpoint();
        ByteBuffer out = ByteBuffer.allocate(
                        FIXED + Long.BYTES * ref.olderSchemas().size())
                .putInt(ref.id().lineage())
                .putLong(ref.id().number())
                .putLong(ref.id().attempt().getMostSignificantBits())
                .putLong(ref.id().attempt().getLeastSignificantBits())
                .put(ref.hash().bytes())
                .putLong(ref.base())
                .putLong(ref.end())
                .putLong(ref.schemaFingerprint())
                .putInt(ref.schemaGeneration())
                .putLong(pointer.offset())
                .putLong(pointer.topicId().getMostSignificantBits())
                .putLong(pointer.topicId().getLeastSignificantBits())
                .putInt(pointer.partitionCount())
                .put((byte) 0) // holds: none is known to this version
                .put((byte) ref.olderSchemas().size());
        ref.olderSchemas().forEach(out::putLong);
        out.putInt(crc(out.array()));
        String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(out.array());
        if (text.length() > MAX_LENGTH) {
            throw new IllegalStateException("A pointer of " + text.length() + " characters exceeds " + MAX_LENGTH);
        }
        return text;
    }

    /** The pointer, or empty when the text is none: foreign, damaged, or of a version this one does not know. */
    public static Optional<Pointer> decode(String metadata) {
        if (!metadata.startsWith(PREFIX) || metadata.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(metadata.substring(PREFIX.length()));
            return bytes.length < FIXED || ByteBuffer.wrap(bytes).getInt(bytes.length - Integer.BYTES) != crc(bytes)
                    ? Optional.empty()
                    : Optional.of(read(ByteBuffer.wrap(bytes, 0, bytes.length - Integer.BYTES)));
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static Pointer read(ByteBuffer in) {
        CheckpointId id = new CheckpointId(in.getInt(), in.getLong(), uuid(in));
        byte[] hash = new byte[DeltaHash.LENGTH];
        in.get(hash);
        long base = in.getLong();
        long end = in.getLong();
        long fingerprint = in.getLong();
        int generation = in.getInt();
        long offset = in.getLong();
        UUID topicId = uuid(in);
        int partitionCount = in.getInt();
        if (in.get() != 0) {
            throw new IllegalArgumentException("a hold this version does not know");
        }
        int older = in.get();
        List<Long> schemas = new ArrayList<>();
        for (int i = 0; i < older; i++) {
            schemas.add(in.getLong());
        }
        if (in.hasRemaining()) {
            throw new IllegalArgumentException("bytes after the end");
        }
        CheckpointRef ref = new CheckpointRef(id, new DeltaHash(hash), base, end, fingerprint, generation, schemas);
        return new Pointer(ref, offset, topicId, partitionCount);
    }

    private static UUID uuid(ByteBuffer in) {
        return new UUID(in.getLong(), in.getLong());
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - Integer.BYTES);
        return (int) crc.getValue();
    }
}
