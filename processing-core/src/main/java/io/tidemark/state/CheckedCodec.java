package io.tidemark.state;

import io.tidemark.api.StateCodec;
import io.tidemark.error.ProcessorFailed;

/** A codec of one state whose failures name the state, and never what it could not read or write. */
record CheckedCodec<T>(String state, StateCodec<T> codec) {

    byte[] encode(T value) {
        try {
            return codec.encode(value);
        } catch (RuntimeException e) {
            throw failed("a value of state '" + state + "' cannot be written", e);
        }
    }

    T decode(byte[] bytes) {
        try {
            return codec.decode(bytes);
        } catch (RuntimeException e) {
            throw failed("a stored value of state '" + state + "' (" + bytes.length + " bytes) cannot be read", e);
        }
    }

    private ProcessorFailed failed(String what, RuntimeException e) {
        return new ProcessorFailed(
                what + " by codec " + codec.id() + " (" + e.getClass().getName() + ")", null);
    }
}
