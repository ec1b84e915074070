package io.tidemark.task;

import io.tidemark.api.CodecFit;
import io.tidemark.api.OnNewerState;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.VersionedCodec;
import io.tidemark.error.IncompatibleState;
import io.tidemark.error.NewerState;
import io.tidemark.state.RowKey;
import io.tidemark.state.RowKind;
import io.tidemark.state.StateChange;
import io.tidemark.state.StateReader;
import io.tidemark.stream.TaskId;
import io.tidemark.task.SchemaRows.DeclaredSet;
import io.tidemark.task.SchemaRows.StoredSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Compares the states a processor declares with the states a store holds. */
public final class StateSchema {

    private final ProcessorDefinition definition;
    private final OnNewerState onNewer;
    private final long fingerprint;

    /**
     * @param onNewer what becomes of state that another version has written since
     */
    public StateSchema(ProcessorDefinition definition, OnNewerState onNewer) {
        this.definition = definition;
        this.onNewer = onNewer;
        this.fingerprint = SchemaRows.fingerprint(definition.states());
    }

    /** Fingerprint of the declared states. */
    public long fingerprint() {
        return fingerprint;
    }

    /** What was found wrong on the way. */
    private static final class Findings {
        private final List<String> problems = new ArrayList<>();
        private final List<String> newer = new ArrayList<>();
        private final List<String> unreadable = new ArrayList<>();
        private final List<StateChange> changes = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();
        private final List<String> news = new ArrayList<>();
        /** Stored states that are not declared and stay. */
        private final Set<String> left = new TreeSet<>();
    }

    /**
     * What brings the stored schemas up to the declared ones: new states are added, compatible ones updated, states listed to be dropped are
     * removed with all their rows. The input topics are stored too.
     *
     * @throws IncompatibleState when a stored state is not declared any more, or cannot be read by the declared codec; lists all of them
     * @throws NewerState when another version has written since, and this one would leave something out
     */
    public Reconciled reconcile(TaskId task, StateReader store) {
        Map<String, StoredSchema> stored = SchemaRows.read(store);
        Map<String, StateDescriptor<?>> declared = new LinkedHashMap<>();
        definition.states().forEach(state -> declared.put(state.name(), state));
        List<DeclaredSet> sets = SchemaRows.declared(store, stored.keySet());
        String names = SchemaRows.names(definition.states());
        DeclaredSet last = sets.isEmpty() ? new DeclaredSet("", Set.of()) : sets.get(sets.size() - 1);
        boolean setIsPast = !last.names().equals(names)
                && sets.stream().anyMatch(set -> set.names().equals(names));
        Findings found = new Findings();
        stored.forEach((name, schema) -> {
            StateDescriptor<?> state = declared.get(name);
            boolean kept = last.names().equals(names) && last.kept().contains(name);
            if (state == null && kept && !definition.dropStates().contains(name)) {
                found.left.add(name);
            } else if (state == null) {
                vanished(name, schema, stored, setIsPast, found);
            } else {
                judge(schema, state, found);
            }
        });
        decide(task, found);
        Map<String, List<StateChange>> onFirstWrite = new LinkedHashMap<>();
        declared.forEach((name, state) -> {
            StoredSchema before = stored.get(name);
            StoredSchema now = StoredSchema.after(before, state);
            if (!now.equals(before)) {
                found.news.add("state '" + name + "' is "
                        + (before == null
                                ? "new: " + StoredSchema.of(state).text()
                                : "written in another form from its next value on: "
                                        + StoredSchema.of(state).text() + ", after " + before.text()));
                onFirstWrite.put(
                        name,
                        List.of(
                                StateChange.put(SchemaRows.row(name), now.bytes()),
                                StateChange.put(
                                        SchemaRows.DECLARED,
                                        SchemaRows.declared(sets, new DeclaredSet(names, found.left)))));
            }
        });
        byte[] inputs = SchemaRows.inputs(definition.topics());
        if (!Arrays.equals(inputs, store.get(SchemaRows.INPUTS))) {
            found.changes.add(StateChange.put(SchemaRows.INPUTS, inputs));
        }
        return new Reconciled(found.changes, onFirstWrite, found.notes, found.news);
    }

    private void judge(StoredSchema schema, StateDescriptor<?> state, Findings found) {
        CodecFit fit = schema.fit(state);
        String prefix = "state '" + state.name() + "' ";
        if (fit.behind()) {
            fit.misfits().forEach(misfit -> found.unreadable.add(prefix + misfit));
            if (!fit.drops().isEmpty()) {
                found.newer.add(prefix + "has fields that this version would drop: " + String.join(", ", fit.drops()));
            }
        } else if (!fit.isReadable()) {
            fit.misfits().forEach(misfit -> found.problems.add(prefix + misfit));
        } else {
            checkRoom(schema, state, found.problems);
        }
    }

    private void decide(TaskId task, Findings found) {
        if (!found.problems.isEmpty()) {
            found.problems.addAll(found.newer);
            found.problems.addAll(found.unreadable);
            throw new IncompatibleState("Task " + task + " is refused: " + String.join("; ", found.problems) + ".");
        }
        List<String> all = new ArrayList<>(found.newer);
        all.addAll(found.unreadable);
        if (all.isEmpty()) {
            return;
        }
        String property = "tidemark.processors." + definition.id() + ".on-newer-state";
        String what = "another version has written its state since this one: " + String.join("; ", all) + ".";
        if (onNewer == OnNewerState.WAIT) {
            String back = found.unreadable.isEmpty()
                    ? " Or, to go back on purpose, set " + property + "=read-known: what this version does not know is"
                            + " dropped as values are written again, and states it does not declare stay until they are"
                            + " listed in drop-states."
                    : "";
            throw new NewerState("Task " + task + " waits: " + what + " Upgrade this instance, and it goes on." + back);
        }
        if (onNewer == OnNewerState.REFUSE || !found.unreadable.isEmpty()) {
            throw new IncompatibleState("Task " + task + " is refused: " + what
                    + (found.unreadable.isEmpty() ? " (" + property + "=refuse)" : " It cannot be read in part."));
        }
        found.notes.addAll(found.newer);
    }

    /** The declared states, with codecs that know what the store was written with; {@link #reconcile} found that they fit. */
    public List<StateDescriptor<?>> bound(StateReader store) {
        Map<String, StoredSchema> stored = SchemaRows.read(store);
        List<StateDescriptor<?>> bound = new ArrayList<>();
        for (StateDescriptor<?> state : definition.states()) {
            bound.add(bound(state, StoredSchema.after(stored.get(state.name()), state)));
        }
        return bound;
    }

    private static StateDescriptor<?> bound(StateDescriptor<?> state, StoredSchema schema) {
        if (state instanceof StateDescriptor.OfValue<?> value) {
            return StateDescriptor.value(value.name(), bound(value.codec(), schema.values()));
        }
        if (state instanceof StateDescriptor.OfList<?> list) {
            return StateDescriptor.list(list.name(), bound(list.codec(), schema.values()));
        }
        if (state instanceof StateDescriptor.OfMap<?, ?> map) {
            return StateDescriptor.map(
                    map.name(), bound(map.keyCodec(), schema.keys()), bound(map.codec(), schema.values()));
        }
        throw new IllegalArgumentException("State '" + state.name() + "' is of no known kind");
    }

    private static <T> StateCodec<T> bound(StateCodec<T> codec, StoredFormat format) {
        return codec instanceof VersionedCodec<T> versioned ? versioned.boundTo(format) : codec;
    }

    /**
     * How the topics the processor reads differ from those the stored state was made from. The committed offsets cannot tell: those of
     * other topics are as they should be, and offsets of a topic that was retired stay.
     */
    public InputDifference inputDifference(StateReader store) {
        List<String> before = SchemaRows.inputs(store);
        List<String> removed = new ArrayList<>(before);
        removed.removeAll(definition.topics());
        List<String> added = new ArrayList<>(before.isEmpty() ? List.of() : definition.topics());
        added.removeAll(before);
        return new InputDifference(added, removed);
    }

    private static void checkRoom(StoredSchema stored, StateDescriptor<?> state, List<String> problems) {
        try {
            StoredSchema.after(stored, state);
        } catch (IllegalArgumentException e) {
            problems.add("state '" + state.name() + "' cannot be changed once more: " + e.getMessage()
                    + "; a state under another name can take over its values");
        }
    }

    private void vanished(
            String name, StoredSchema schema, Map<String, StoredSchema> stored, boolean setIsPast, Findings found) {
        if (definition.dropStates().contains(name)) {
            for (RowKind kind : RowKind.values()) {
                if (kind != RowKind.META) {
                    found.changes.add(StateChange.deletePrefix(RowKey.statePrefix(kind, name)));
                }
            }
            found.changes.add(StateChange.delete(SchemaRows.row(name)));
            found.news.add("state '" + name + "' is dropped with all its values, as drop-states says");
            return;
        }
        String drop = "to delete it, list it in tidemark.processors." + definition.id() + ".drop-states";
        if (setIsPast) {
            found.left.add(name);
            found.newer.add(
                    "state '" + name + "' is not declared by this version; if it was removed on purpose, " + drop);
            return;
        }
        List<String> candidates = definition.states().stream()
                .filter(state -> !stored.containsKey(state.name()))
                .filter(state -> schema.fit(state).isReadable())
                .map(StateDescriptor::name)
                .toList();
        found.problems.add("stored state '" + name + "' is not declared any more"
                + (candidates.isEmpty()
                        ? ""
                        : " (renamed to one of " + candidates + "? write @State(\"" + name + "\"))")
                + "; " + drop);
    }
}
