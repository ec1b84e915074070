package io.tidemark.stream;

/** Which topics there are to send to. Thread-safe. */
@FunctionalInterface
public interface OutputTopics {

    /** Changes when a topic that was there may not be any more: what was learned before it has to be asked again. */
    default int version() {
        return 0;
    }

    /**
     * Whether the topic exists, as of a few seconds ago. Answers at once for a topic that was there; else may wait for the cluster for a
     * moment. A topic nobody can say anything about counts as one that exists.
     */
    boolean exists(String topic);

    /** Creates a missing topic, where that is wanted; whether it may be sent to then. */
    default boolean create(String topic) {
        return false;
    }
}
