package io.tidemark.boot;

import io.tidemark.api.Output;
import io.tidemark.api.RecordOrigin;
import io.tidemark.api.StateDescriptor;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Type;
import java.util.List;

/** What one parameter of a handler method takes. */
sealed interface Argument {

    /** The type the parameter is declared with. */
    Class<?> type();

    /**
     * @param generic the full type to read
     * @param nullable whether a tombstone may be passed
     */
    record Payload(Class<?> type, Type generic, boolean nullable) implements Argument {}

    record KeyOf(Class<?> type) implements Argument {}

    record StateOf(Class<?> type, StateDescriptor<?> descriptor) implements Argument {}

    /**
     * @param constructor makes the record from its states
     * @param states its components in order
     */
    record StatesOf(Class<?> type, MethodHandle constructor, List<StateDescriptor<?>> states) implements Argument {}

    /**
     * @param targets topics it sends to
     */
    record OutputOf(List<String> targets) implements Argument {

        @Override
        public Class<?> type() {
            return Output.class;
        }
    }

    /**
     * @param name the header's name
     * @param required whether a record without it fails
     */
    record HeaderOf(Class<?> type, String name, boolean required) implements Argument {}

    record OriginOf() implements Argument {

        @Override
        public Class<?> type() {
            return RecordOrigin.class;
        }
    }
}
