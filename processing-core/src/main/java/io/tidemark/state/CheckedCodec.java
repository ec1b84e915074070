package io.tidemark.state;

import io.tidemark.api.StateCodec;
import io.tidemark.api.UnstorableValue;
import io.tidemark.error.ProcessorFailed;
import org.jspecify.annotations.Nullable;

/** A codec of one state whose failures name the state, and never what it could not read or write. */
record CheckedCodec<T>(String state, StateCodec<T> codec) {

    /** What is wrong with a value, or {@code null} when it comes back as it is. */
    @Nullable
    String problemWith(T value) {
        return RoundTrip.problemWith(codec, value);
    }

    /** Bytes that are about to be committed. */
    byte[] encodeToCommit(T value) {
        if (!codec.isProven()) {
            String problem = problemWith(value);
            if (problem != null) {
                throw new ProcessorFailed("a value of state '" + state + "' cannot be stored: " + problem, null);
            }
        }
        return encode(value);
    }

    byte[] encode(T value) {
        try {
            return codec.encode(value);
        } catch (RuntimeException | StackOverflowError e) {
            throw failed("a value of state '" + state + "' cannot be written", e);
        }
    }

    T decode(byte[] bytes) {
        try {
            return codec.decode(bytes);
        } catch (RuntimeException | StackOverflowError e) {
            throw failed("a stored value of state '" + state + "' (" + bytes.length + " bytes) cannot be read", e);
        }
    }

    private ProcessorFailed failed(String what, Throwable e) {
        String why = e instanceof UnstorableValue ? ": " + e.getMessage() : "";
        return new ProcessorFailed(
                what + " by codec " + codec.id() + " (" + e.getClass().getName() + ")" + why, null);
    }
}
