package io.tidemark.api;

/**
 * Sends results beside what a handler returns. Sent in the order of the calls, before what is returned, and only if the handler returns
 * normally. Valid during the handler call it was passed to, on that call's thread.
 *
 * @param <T> the payloads' type
 */
public interface Output<T> {

    /** Sends a payload under the current key. */
    void send(T payload);

    /** Sends a payload with its own key, topic, timestamp or headers. */
    void send(Outgoing<? extends T> outgoing);
}
