package io.tidemark.boot;

import io.tidemark.api.StateDescriptor;
import java.lang.reflect.Type;

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
     * @param name the header's name
     * @param required whether a record without it fails
     */
    record HeaderOf(Class<?> type, String name, boolean required) implements Argument {}

    record OriginOf(Class<?> type) implements Argument {}
}
