package io.tidemark.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Layout of row keys: {@code kind (1) | name length (1) | name (UTF-8) | key length (4, big endian) | key | sub-key}. Rows of one
 * state are neighbours, rows of one key within it as well, and sub-keys (list positions, map keys, times) keep their own order.
 */
public final class RowKey {

    private static final int MAX_NAME = 255;

    private RowKey() {}

    /** Row of a value state under a key. */
    public static byte[] value(String state, byte[] key) {
        return prefix(RowKind.VALUE, state, key);
    }

    /** Row of a map entry under a key. */
    public static byte[] entry(String state, byte[] key, byte[] subKey) {
        byte[] prefix = prefix(RowKind.MAP, state, key);
        byte[] row = Arrays.copyOf(prefix, prefix.length + subKey.length);
        System.arraycopy(subKey, 0, row, prefix.length, subKey.length);
        return row;
    }

    /** What all rows of a key start with; no other key's rows do, because its length comes first. */
    public static byte[] prefix(RowKind kind, String state, byte[] key) {
        return under(statePrefix(kind, state), key);
    }

    /** The same below what all rows of the state start with, made once. */
    static byte[] under(byte[] rows, byte[] key) {
        byte[] prefix = Arrays.copyOf(rows, rows.length + Integer.BYTES + key.length);
        putKey(prefix, rows.length, key);
        return prefix;
    }

    /** Row of a sub-key of a key. */
    static byte[] under(byte[] rows, byte[] key, byte[] subKey) {
        int length = rows.length + Integer.BYTES + key.length;
        byte[] row = Arrays.copyOf(rows, length + subKey.length);
        putKey(row, rows.length, key);
        System.arraycopy(subKey, 0, row, length, subKey.length);
        return row;
    }

    /** What all rows of a state start with. */
    public static byte[] statePrefix(RowKind kind, String state) {
        byte[] name = state.getBytes(StandardCharsets.UTF_8);
        if (name.length > MAX_NAME) {
            throw new IllegalArgumentException("State name of " + name.length + " bytes exceeds " + MAX_NAME);
        }
        byte[] prefix = new byte[2 + name.length];
        prefix[0] = kind.code();
        prefix[1] = (byte) name.length;
        System.arraycopy(name, 0, prefix, 2, name.length);
        return prefix;
    }

    /** A row of the store's own. */
    public static byte[] meta(String name) {
        return statePrefix(RowKind.META, name);
    }

    /** Name of the state (or meta row) a row belongs to, or {@code null} when the bytes are no row key. */
    public static @Nullable String nameOf(byte[] row) {
        if (row.length < 2) {
            return null;
        }
        int length = row[1] & 0xFF;
        return row.length < 2 + length ? null : new String(row, 2, length, StandardCharsets.UTF_8);
    }

    /** How many bytes of a row say which state it belongs to; 0 when the bytes are no row key. */
    public static int statePrefixLength(byte[] row) {
        int length = row.length < 2 ? 0 : 2 + (row[1] & 0xFF);
        return length <= row.length ? length : 0;
    }

    /** Key of a row of a state. */
    static byte[] keyOf(byte[] row) {
        int at = keyAt(row);
        return Arrays.copyOfRange(row, at, at + keyLength(row, at));
    }

    /** Sub-key of a row of a state; empty for a value. */
    static byte[] subKeyOf(byte[] row) {
        int at = keyAt(row);
        return Arrays.copyOfRange(row, at + keyLength(row, at), row.length);
    }

    private static int keyAt(byte[] row) {
        return 2 + (row[1] & 0xFF) + Integer.BYTES;
    }

    private static int keyLength(byte[] row, int at) {
        return (row[at - 4] & 0xFF) << 24
                | (row[at - 3] & 0xFF) << 16
                | (row[at - 2] & 0xFF) << 8
                | (row[at - 1] & 0xFF);
    }

    /** The smallest key greater than every key that starts with {@code prefix}, or {@code null} when there is none. */
    public static byte @Nullable [] endOf(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xFF) {
                byte[] end = Arrays.copyOf(prefix, i + 1);
                end[i]++;
                return end;
            }
        }
        return null;
    }

    private static void putKey(byte[] row, int at, byte[] key) {
        row[at] = (byte) (key.length >>> 24);
        row[at + 1] = (byte) (key.length >>> 16);
        row[at + 2] = (byte) (key.length >>> 8);
        row[at + 3] = (byte) key.length;
        System.arraycopy(key, 0, row, at + Integer.BYTES, key.length);
    }
}
