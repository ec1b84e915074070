package io.tidemark.runtime;

import io.tidemark.api.OnNewerState;
import io.tidemark.changelog.BaseSettings;
import java.time.Duration;

/**
 * How one worker behaves.
 *
 * @param checkpoint when it takes checkpoints
 * @param store how committed changes reach the local store
 * @param base when and in what steps the base of a changelog is written anew
 * @param errors what happens to records that fail
 * @param slice how long records are processed before the worker polls again
 * @param patience how long a task waits for somebody else's open transaction before it fences the owner
 * @param reexamine how often a refused task is looked at again
 * @param inputs changes of its inputs that are wanted
 * @param onNewerState what becomes of state that another version has written since
 * @param verifyValues whether every value that is set is written and read again at once, for debugging
 * @param checkPlacement whether each record's partition is compared with the one the default partitioner gives its key, for debugging
 */
public record WorkerSettings(
        CheckpointSettings checkpoint,
        StoreSettings store,
        BaseSettings base,
        ErrorSettings errors,
        Duration slice,
        Duration patience,
        Duration reexamine,
        InputChanges inputs,
        OnNewerState onNewerState,
        boolean verifyValues,
        boolean checkPlacement) {

    /** The defaults of the engine. */
    public static WorkerSettings defaults() {
        return new WorkerSettings(
                CheckpointSettings.defaults(),
                StoreSettings.defaults(),
                BaseSettings.defaults(),
                ErrorSettings.defaults(),
                Duration.ofMillis(20),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                InputChanges.NONE,
                OnNewerState.WAIT,
                false,
                false);
    }

    public WorkerSettings with(CheckpointSettings other) {
        return new WorkerSettings(
                other,
                store,
                base,
                errors,
                slice,
                patience,
                reexamine,
                inputs,
                onNewerState,
                verifyValues,
                checkPlacement);
    }

    public WorkerSettings with(StoreSettings other) {
        return new WorkerSettings(
                checkpoint,
                other,
                base,
                errors,
                slice,
                patience,
                reexamine,
                inputs,
                onNewerState,
                verifyValues,
                checkPlacement);
    }

    public WorkerSettings with(BaseSettings other) {
        return new WorkerSettings(
                checkpoint,
                store,
                other,
                errors,
                slice,
                patience,
                reexamine,
                inputs,
                onNewerState,
                verifyValues,
                checkPlacement);
    }

    public WorkerSettings with(ErrorSettings other) {
        return new WorkerSettings(
                checkpoint,
                store,
                base,
                other,
                slice,
                patience,
                reexamine,
                inputs,
                onNewerState,
                verifyValues,
                checkPlacement);
    }

    public WorkerSettings withCheckPlacement(boolean other) {
        return new WorkerSettings(
                checkpoint, store, base, errors, slice, patience, reexamine, inputs, onNewerState, verifyValues, other);
    }

    public WorkerSettings with(OnNewerState other) {
        return new WorkerSettings(
                checkpoint,
                store,
                base,
                errors,
                slice,
                patience,
                reexamine,
                inputs,
                other,
                verifyValues,
                checkPlacement);
    }

    public WorkerSettings with(InputChanges other) {
        return new WorkerSettings(
                checkpoint,
                store,
                base,
                errors,
                slice,
                patience,
                reexamine,
                other,
                onNewerState,
                verifyValues,
                checkPlacement);
    }

    public WorkerSettings withVerifyValues(boolean other) {
        return new WorkerSettings(
                checkpoint,
                store,
                base,
                errors,
                slice,
                patience,
                reexamine,
                inputs,
                onNewerState,
                other,
                checkPlacement);
    }

    /** The times a worker waits for others; tests shorten them. */
    public WorkerSettings withWaits(Duration patience, Duration reexamine) {
        return new WorkerSettings(
                checkpoint,
                store,
                base,
                errors,
                slice,
                patience,
                reexamine,
                inputs,
                onNewerState,
                verifyValues,
                checkPlacement);
    }
}
