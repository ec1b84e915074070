package io.tidemark.stream;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way into a task. Implementations may be views that are moved from record to record: nobody keeps one beyond the
 * call it was handed to.
 */
public interface InputRecord {

    String topic();

    int partition();

    long offset();

    /** Leader epoch the record was read with, or {@link Position#UNKNOWN_EPOCH}. */
    int leaderEpoch();

    /** Milliseconds since the epoch, as the topic's timestamp type defines them; may be negative when a producer set none. */
    long timestamp();

    byte @Nullable [] key();

    byte @Nullable [] value();

    /** Value of the last header of that name, or {@code null}. */
    byte @Nullable [] header(String name);

    /** All headers in order. */
    List<RecordHeader> headers();
}
