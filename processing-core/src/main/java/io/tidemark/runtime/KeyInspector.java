package io.tidemark.runtime;

import io.tidemark.stream.InputRecord;
import io.tidemark.stream.TaskId;

/** Looks at where the keys of records lie, without a say in what becomes of them. */
interface KeyInspector {

    void look(TaskId task, InputRecord record);

    /** Whether it has seen enough: it need not be shown any more. */
    default boolean isDone() {
        return false;
    }

    /** Both, one after the other. */
    default KeyInspector and(KeyInspector other) {
        KeyInspector first = this;
        return new KeyInspector() {
            @Override
            public void look(TaskId task, InputRecord record) {
                if (!first.isDone()) {
                    first.look(task, record);
                }
                if (!other.isDone()) {
                    other.look(task, record);
                }
            }

            @Override
            public boolean isDone() {
                return first.isDone() && other.isDone();
            }
        };
    }
}
