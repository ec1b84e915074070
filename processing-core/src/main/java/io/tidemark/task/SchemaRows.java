package io.tidemark.task;

import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.StoredFormat;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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
    /** Which states were declared by those who wrote schemas: a line for each set of names, the last one the present. */
    static final byte[] DECLARED = RowKey.meta("declared");

    private static final int MOST_SETS = 16;
    private static final int PARTS = 5;

    /**
     * @param kind layout of the state's rows
     * @param values how its values are stored
     * @param keys how its map keys are stored; empty texts when there are none
     */
    record StoredSchema(String kind, StoredFormat values, StoredFormat keys) {

        private static final StoredFormat NONE = new StoredFormat("", "");

        static StoredSchema of(StateDescriptor<?> state) {
            StateCodec<?> key = state.keyCodec();
            return new StoredSchema(state.kind().name(), state.codec().format(), key == null ? NONE : key.format());
        }

        /** What is to be stored once {@code state} is written to where {@code before} is stored. */
        static StoredSchema after(@Nullable StoredSchema before, StateDescriptor<?> state) {
            StateCodec<?> key = state.keyCodec();
            return new StoredSchema(
                    state.kind().name(),
                    after(before == null ? null : before.values, state.codec()),
                    key == null ? NONE : after(before == null ? null : before.keys, key));
        }

        private static StoredFormat after(@Nullable StoredFormat before, StateCodec<?> codec) {
            return codec instanceof VersionedCodec<?> versioned ? versioned.formatAfter(before) : codec.format();
        }

        static @Nullable StoredSchema parse(byte[] bytes) {
            String[] parts = new String(bytes, StandardCharsets.UTF_8).split(SEPARATOR, -1);
            return parts.length == PARTS
                    ? new StoredSchema(
                            parts[0], new StoredFormat(parts[1], parts[2]), new StoredFormat(parts[3], parts[4]))
                    : null;
        }

        byte[] bytes() {
            return String.join(SEPARATOR, kind, values.id(), values.schema(), keys.id(), keys.schema())
                    .getBytes(StandardCharsets.UTF_8);
        }

        /** For messages. */
        String text() {
            String shown = values.id().equals(values.schema()) ? values.id() : values.id() + " " + values.schema();
            return kind.toLowerCase(Locale.ROOT) + " of " + (keys.id().isEmpty() ? "" : keys.id() + " to ") + shown;
        }

        /** How the declared state reads what is stored like this. */
        CodecFit fit(StateDescriptor<?> state) {
            if (!state.kind().name().equals(kind)) {
                return CodecFit.misfit("is stored as " + text() + " and declared as "
                        + of(state).text() + "; give one of them another name");
            }
            try {
                CodecFit ofValues = state.codec().fit(values);
                StateCodec<?> key = state.keyCodec();
                CodecFit ofKeys = key == null ? CodecFit.EXACT : key.fit(keys);
                List<String> misfits = new ArrayList<>(ofValues.misfits());
                ofKeys.misfits().forEach(misfit -> misfits.add("keys: " + misfit));
                List<String> drops = new ArrayList<>(ofValues.drops());
                drops.addAll(ofKeys.drops());
                return new CodecFit(misfits, drops, ofValues.behind() || ofKeys.behind());
            } catch (RuntimeException e) {
                return CodecFit.misfit("is stored with a schema nobody wrote: " + e.getMessage());
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

    /** The names of declared states, as one text. */
    static String names(List<StateDescriptor<?>> states) {
        TreeSet<String> names = new TreeSet<>();
        states.forEach(state -> names.add(state.name()));
        return String.join(",", names);
    }

    /**
     * States that were declared together.
     *
     * @param names their names
     * @param kept names of others that were left where they are
     */
    record DeclaredSet(String names, Set<String> kept) {

        private static final String KEPT = "|";

        private static DeclaredSet parse(String line) {
            int mark = line.indexOf(KEPT);
            return mark < 0
                    ? new DeclaredSet(line, Set.of())
                    : new DeclaredSet(
                            line.substring(0, mark),
                            Set.of(line.substring(mark + 1).split(",", -1)));
        }

        private String line() {
            return kept.isEmpty() ? names : names + KEPT + String.join(",", new TreeSet<>(kept));
        }
    }

    /** Sets of declared states in the order they were last written with; of a store without, the states it has. */
    static List<DeclaredSet> declared(StateReader store, Set<String> stored) {
        byte[] lines = store.get(DECLARED);
        if (lines == null) {
            return stored.isEmpty()
                    ? List.of()
                    : List.of(new DeclaredSet(String.join(",", new TreeSet<>(stored)), Set.of()));
        }
        List<DeclaredSet> sets = new ArrayList<>();
        for (String line : new String(lines, StandardCharsets.UTF_8).split(SEPARATOR, -1)) {
            sets.add(DeclaredSet.parse(line));
        }
        return sets;
    }

    /** The same once something is written by those who declare {@code now}. */
    static byte[] declared(List<DeclaredSet> before, DeclaredSet now) {
        List<String> lines = new ArrayList<>();
        for (DeclaredSet each : before) {
            if (!each.names().equals(now.names())) {
                lines.add(each.line());
            }
        }
        lines.add(now.line());
        return String.join(SEPARATOR, lines.subList(Math.max(0, lines.size() - MOST_SETS), lines.size()))
                .getBytes(StandardCharsets.UTF_8);
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
