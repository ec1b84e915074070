package io.tidemark.task;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.VersionedCodec;
import io.tidemark.error.IncompatibleState;
import io.tidemark.state.RowKey;
import io.tidemark.state.RowKind;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateReader;
import io.tidemark.stream.TaskId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares the states a processor declares with the states a store holds. */
public final class StateSchema {

    private final ProcessorDefinition definition;
    private final long fingerprint;

    public StateSchema(ProcessorDefinition definition) {
        this.definition = definition;
        this.fingerprint = SchemaRows.fingerprint(definition.states());
    }

    /** Fingerprint of the declared states. */
    public long fingerprint() {
        return fingerprint;
    }

    /**
     * The changes that bring the stored schemas up to the declared ones: new states are added, compatible ones updated, states listed to
     * be dropped are removed with all their rows. The input topics are stored too.
     *
     * @return the changes, empty when stored and declared are the same
     * @throws IncompatibleState when a stored state is not declared any more, or cannot be read by the declared codec; lists all of them
     */
    public List<StateChange> reconcile(TaskId task, StateReader store) {
        Map<String, SchemaRows.StoredSchema> stored = SchemaRows.read(store);
        Map<String, StateDescriptor<?>> declared = new LinkedHashMap<>();
        definition.states().forEach(state -> declared.put(state.name(), state));
        List<String> problems = new ArrayList<>();
        List<StateChange> changes = new ArrayList<>();
        stored.forEach((name, schema) -> {
            StateDescriptor<?> state = declared.get(name);
            if (state == null) {
                vanished(name, schema, stored, problems, changes);
            } else if (!schema.isReadBy(state)) {
                problems.add("state '" + name + "' is stored as " + schema.text() + " and declared as "
                        + SchemaRows.StoredSchema.of(state).text());
            } else {
                checkRoom(schema, state, problems);
            }
        });
        if (!problems.isEmpty()) {
            throw new IncompatibleState("Task " + task + " is refused: " + String.join("; ", problems) + ".");
        }
        declared.forEach((name, state) -> {
            SchemaRows.StoredSchema now = SchemaRows.StoredSchema.after(stored.get(name), state);
            if (!now.equals(stored.get(name))) {
                changes.add(StateChange.put(SchemaRows.row(name), now.bytes()));
            }
        });
        byte[] inputs = SchemaRows.inputs(definition.topics());
        if (!Arrays.equals(inputs, store.get(SchemaRows.INPUTS))) {
            changes.add(StateChange.put(SchemaRows.INPUTS, inputs));
        }
        return changes;
    }

    /** The declared states, with codecs that know what the store was written with; {@link #reconcile} found that they fit. */
    public List<StateDescriptor<?>> bound(StateReader store) {
        Map<String, SchemaRows.StoredSchema> stored = SchemaRows.read(store);
        List<StateDescriptor<?>> bound = new ArrayList<>();
        for (StateDescriptor<?> state : definition.states()) {
            bound.add(bound(state, SchemaRows.StoredSchema.after(stored.get(state.name()), state)));
        }
        return bound;
    }

    private static StateDescriptor<?> bound(StateDescriptor<?> state, SchemaRows.StoredSchema schema) {
        if (state instanceof StateDescriptor.OfValue<?> value) {
            return StateDescriptor.value(value.name(), bound(value.codec(), schema));
        }
        if (state instanceof StateDescriptor.OfList<?> list) {
            return StateDescriptor.list(list.name(), bound(list.codec(), schema));
        }
        if (state instanceof StateDescriptor.OfMap<?, ?> map) {
            return StateDescriptor.map(map.name(), map.keyCodec(), bound(map.codec(), schema));
        }
        throw new IllegalArgumentException("State '" + state.name() + "' is of no known kind");
    }

    private static <T> StateCodec<T> bound(StateCodec<T> codec, SchemaRows.StoredSchema schema) {
        return codec instanceof VersionedCodec<T> versioned ? versioned.withHistory(schema.schema()) : codec;
    }

    /**
     * Topics the stored state was made from which the processor does not read any more: what is still unread there would never be
     * processed. The committed offsets cannot tell, since those of the other topics are as they should be.
     */
    public List<String> missingInputs(StateReader store) {
        List<String> missing = new ArrayList<>(SchemaRows.inputs(store));
        missing.removeAll(definition.topics());
        return missing;
    }

    private static void checkRoom(SchemaRows.StoredSchema stored, StateDescriptor<?> state, List<String> problems) {
        try {
            SchemaRows.StoredSchema.after(stored, state);
        } catch (IllegalArgumentException e) {
            problems.add("state '" + state.name() + "' cannot be changed once more: " + e.getMessage()
                    + "; a state under another name can take over its values");
        }
    }

    private void vanished(
            String name,
            SchemaRows.StoredSchema schema,
            Map<String, SchemaRows.StoredSchema> stored,
            List<String> problems,
            List<StateChange> changes) {
        if (definition.dropStates().contains(name)) {
            for (RowKind kind : RowKind.values()) {
                if (kind != RowKind.META) {
                    changes.add(StateChange.deletePrefix(RowKey.statePrefix(kind, name)));
                }
            }
            changes.add(StateChange.delete(SchemaRows.row(name)));
            return;
        }
        List<String> candidates = definition.states().stream()
                .filter(state -> !stored.containsKey(state.name()))
                .filter(schema::isReadBy)
                .map(StateDescriptor::name)
                .toList();
        problems.add("stored state '" + name + "' is not declared any more"
                + (candidates.isEmpty()
                        ? ""
                        : " (renamed to one of " + candidates + "? write @State(\"" + name + "\"))")
                + "; to delete it, list it in tidemark.processors." + definition.id() + ".drop-states");
    }
}
