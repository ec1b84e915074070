package io.tidemark.runtime;

import io.tidemark.stream.InputPartition;
import io.tidemark.stream.PolledRecords;
import io.tidemark.stream.RecordSource;
import java.util.List;

/** Which input partitions may deliver records, and from where: pause, resume and seek of one worker. */
final class InputGate {

    private final RecordSource source;
    private final TaskTable table;
    private final List<String> topics;
    private boolean inputPaused;

    InputGate(RecordSource source, TaskTable table, List<String> topics) {
        this.source = source;
        this.table = table;
        this.topics = topics;
    }

    /** Goes on where the task stands. */
    void seek(LiveTask task) {
        for (String topic : topics) {
            source.seek(new InputPartition(topic, task.id().partition()), task.position(topic));
        }
    }

    /** Lets a task's records come, unless all input is held back at the moment. */
    void resume(TaskSlot slot) {
        if (!inputPaused) {
            source.resume(slot.owned());
        }
    }

    void pause(TaskSlot slot) {
        source.pause(slot.owned());
    }

    /** While records wait to be processed, or nothing may be processed, the poll only keeps the membership. */
    void pauseInput(boolean paused) {
        if (paused == inputPaused) {
            return;
        }
        List<InputPartition> runnable = table.runnable();
        if (paused) {
            source.pause(runnable);
        } else {
            source.resume(runnable);
        }
        inputPaused = paused;
    }

    /** Records that came although nothing was asked for are read again later. */
    void seekBack(PolledRecords polled) {
        for (InputPartition partition : polled.nextPositions().keySet()) {
            LiveTask task = table.live(partition.partition());
            if (task != null) {
                source.seek(partition, task.position(partition.topic()));
            }
        }
    }

    /** Whether the source knows of records that have not arrived yet: an empty poll under load is no end of the input. */
    boolean isBehind() {
        for (TaskSlot slot : table.slots()) {
            if (slot.isProcessing()) {
                for (InputPartition partition : slot.owned()) {
                    if (source.lag(partition) > 0) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * Records between the positions of a task and the ends of its inputs, or -1 when unknown: of a paused partition nothing is fetched, and
     * what was known before stands still.
     */
    long lag(TaskSlot slot) {
        long sum = 0;
        for (InputPartition partition : slot.owned()) {
            long one = slot.isProcessing() ? source.lag(partition) : -1;
            if (one < 0) {
                return -1;
            }
            sum += one;
        }
        return sum;
    }
}
