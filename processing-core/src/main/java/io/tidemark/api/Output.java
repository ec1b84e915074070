package io.tidemark.api;

/**
 * Sends results beside what a handler returns. Sent in the order of the calls, before what is returned, and only if the handler returns
 * normally. Valid during the handler call it was passed to, on that call's thread. In a test of a handler a lambda will do.
 *
 * @param <T> the payloads' type
 */
@FunctionalInterface
public interface Output<T> {

    /** Sends a payload under the current key. */
    default void send(T payload) {
        send(Outgoing.of(payload));
    }

    /** Sends a payload with its own key, topic, timestamp or headers. */
    void send(Outgoing<? extends T> outgoing);
}
