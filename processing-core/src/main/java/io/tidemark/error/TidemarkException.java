package io.tidemark.error;

import org.jspecify.annotations.Nullable;

/** Root of every failure this engine raises. Messages never contain keys or values. */
public abstract sealed class TidemarkException extends RuntimeException
        permits ProcessorFailed,
                TaskFenced,
                CommitAborted,
                OutputRefused,
                OutcomeUnknown,
                StateCorrupted,
                IncompatibleState,
                InputUnreadable,
                InvalidDefinition,
                NewerState,
                PositionLost,
                SourceFailed,
                StorageFailed,
                EnvironmentRefused {

    protected TidemarkException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
