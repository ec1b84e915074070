package io.tidemark.stream;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Hash of a delta, named by the pointer: SHA-256 cut to 128 bits.
 *
 * @param bytes 16 bytes, not to be changed
 */
public record DeltaHash(byte[] bytes) {

    public static final int LENGTH = 16;

    public DeltaHash {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("A delta hash has " + LENGTH + " bytes, not " + bytes.length);
        }
    }

    /** Hash of the header and the first {@code length} bytes of the payload. */
    public static DeltaHash of(byte[] header, byte[] payload, int length) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(header);
            sha.update(payload, 0, length);
            return new DeltaHash(Arrays.copyOf(sha.digest(), LENGTH));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeltaHash that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
