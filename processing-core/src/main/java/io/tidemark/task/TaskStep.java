package io.tidemark.task;

import io.tidemark.stream.OutputRecord;
import java.util.List;

/** What one record led to. Valid until the task's next record. */
public interface TaskStep {

    /** The outputs, in the order the handler emitted them. */
    List<OutputRecord> outputs();
}
