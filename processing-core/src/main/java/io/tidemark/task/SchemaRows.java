package io.tidemark.task;

import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.VersionedCodec;
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
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of all states, and the input topics the state was made from, as rows of the store itself: they travel in deltas, so they
 * always fit the data they describe.
 */
final class SchemaRows {

    private static final String PREFIX = "schema/";
    private static final String SEPARATOR = "\n";
    static final byte[] INPUTS = RowKey.meta("inputs");
    private static final int PARTS = 5;

    /**
     * @param kind layout of the state's rows
     * @param codec id of its codec
     * @param schema the codec's schema, or the history of a {@link VersionedCodec}
     * @param keyCodec id of the codec of map keys; empty when there are none
     * @param keySchema its schema
     */
    record StoredSchema(String kind, String codec, String schema, String keyCodec, String keySchema) {

        static StoredSchema of(StateDescriptor<?> state) {
            StateCodec<?> key = state.keyCodec();
            return new StoredSchema(
                    state.kind().name(),
                    state.codec().id(),
                    state.codec().schema(),
                    key == null ? "" : key.id(),
                    key == null ? "" : key.schema());
        }

        /** What is to be stored once {@code state} is written to where {@code before} is stored. */
        static StoredSchema after(@Nullable StoredSchema before, StateDescriptor<?> state) {
            StoredSchema now = of(state);
            if (!(state.codec() instanceof VersionedCodec<?> codec)) {
                return now;
            }
            String history = before == null
                    ? codec.historyAfter(codec.id(), VersionedCodec.NO_HISTORY)
                    : codec.historyAfter(before.codec, before.schema);
            return new StoredSchema(now.kind, now.codec, history, now.keyCodec, now.keySchema);
        }

        static @Nullable StoredSchema parse(byte[] bytes) {
            String[] parts = new String(bytes, StandardCharsets.UTF_8).split(SEPARATOR, -1);
            return parts.length == PARTS ? new StoredSchema(parts[0], parts[1], parts[2], parts[3], parts[4]) : null;
        }

        byte[] bytes() {
            return String.join(SEPARATOR, kind, codec, schema, keyCodec, keySchema)
                    .getBytes(StandardCharsets.UTF_8);
        }

        String text() {
            String values = codec.equals(schema) ? codec : codec + " " + schema;
            return kind.toLowerCase(Locale.ROOT) + " of " + (keyCodec.isEmpty() ? "" : keyCodec + " to ") + values;
        }

        /** Whether the declared state reads what is stored like this. */
        boolean isReadBy(StateDescriptor<?> state) {
            try {
                StateCodec<?> key = state.keyCodec();
                return state.kind().name().equals(kind)
                        && state.codec().reads(codec, schema)
                        && (key == null || key.reads(keyCodec, keySchema));
            } catch (IllegalArgumentException e) {
                return false; // a schema text nobody wrote
            }
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
                    StoredSchema schema = StoredSchema.parse(rows.value());
                    if (schema != null) {
                        schemas.put(name.substring(PREFIX.length()), schema);
                    }
                }
            }
        }
        return schemas;
    }

    /** The input topics the state was made from, sorted; empty when none are stored. */
    static List<String> inputs(StateReader store) {
        byte[] stored = store.get(INPUTS);
        return stored == null ? List.of() : List.of(new String(stored, StandardCharsets.UTF_8).split(SEPARATOR));
    }

    static byte[] inputs(List<String> topics) {
        return topics.stream().sorted().collect(Collectors.joining(SEPARATOR)).getBytes(StandardCharsets.UTF_8);
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
