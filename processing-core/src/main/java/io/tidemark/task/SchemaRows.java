package io.tidemark.task;

import io.tidemark.api.StateDescriptor;
import io.tidemark.state.RowCursor;
import io.tidemark.state.RowKey;
import io.tidemark.state.RowKind;
import io.tidemark.state.StateReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The schemas of all states as rows of the store itself: they travel in deltas, so they always fit the data they describe. */
final class SchemaRows {

    private static final String PREFIX = "schema/";
    private static final String SEPARATOR = "\n";

    /**
     * @param kind layout of the state's rows
     * @param codec id of its codec
     * @param schema the codec's schema
     */
    record StoredSchema(String kind, String codec, String schema) {

        static StoredSchema of(StateDescriptor<?> state) {
            return new StoredSchema(
                    state.kind().name(), state.codec().id(), state.codec().schema());
        }

        byte[] bytes() {
            return String.join(SEPARATOR, kind, codec, schema).getBytes(StandardCharsets.UTF_8);
        }

        String text() {
            return codec.equals(schema) ? codec : codec + " " + schema;
        }
    }

    private SchemaRows() {}

    static byte[] row(String state) {
        return RowKey.meta(PREFIX + state);
    }

    /** Every stored state by name. */
    static Map<String, StoredSchema> read(StateReader store) {
        Map<String, StoredSchema> schemas = new TreeMap<>();
        try (RowCursor rows = store.scan(new byte[] {RowKind.META.code()})) {
            while (rows.advance()) {
                String name = RowKey.nameOf(rows.row());
                if (name != null && name.startsWith(PREFIX)) {
                    String[] parts = new String(rows.value(), StandardCharsets.UTF_8).split(SEPARATOR, 3);
                    if (parts.length == 3) {
                        schemas.put(name.substring(PREFIX.length()), new StoredSchema(parts[0], parts[1], parts[2]));
                    }
                }
            }
        }
        return schemas;
    }

    /** Fingerprint over all states: equal for equal declarations, whatever their order. */
    static long fingerprint(List<StateDescriptor<?>> states) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            List<StateDescriptor<?>> sorted = new ArrayList<>(states);
            sorted.sort(Comparator.comparing(StateDescriptor::name));
            for (StateDescriptor<?> state : sorted) {
                sha.update(state.name().getBytes(StandardCharsets.UTF_8));
                sha.update((byte) 0);
                sha.update(StoredSchema.of(state).bytes());
                sha.update((byte) 0);
            }
            return ByteBuffer.wrap(sha.digest()).getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java platform has SHA-256", e);
        }
    }
}
