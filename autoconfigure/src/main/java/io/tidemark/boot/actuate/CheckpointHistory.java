package io.tidemark.boot.actuate;

import io.tidemark.runtime.RuntimeEvent;
import io.tidemark.runtime.RuntimeListener;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The last checkpoints of each processor on this instance. Thread-safe; the oldest are forgotten. */
public final class CheckpointHistory implements RuntimeListener {

    private static final int KEPT = 100;

    /**
     * One checkpoint of one worker.
     *
     * @param at when it ended
     * @param outcome COMPLETED, ABORTED or UNKNOWN (the committed pointers decided)
     * @param tasks tasks with a delta in it
     * @param records records it covers
     * @param bytes changelog bytes it wrote
     * @param drainMillis serializing what is dirty
     * @param appendMillis until the broker has acknowledged everything
     * @param decideMillis adding the offsets and committing
     * @param reason why it did not complete, or {@code null}
     */
    public record Entry(
            Instant at,
            String outcome,
            int tasks,
            long records,
            long bytes,
            double drainMillis,
            double appendMillis,
            double decideMillis,
            @Nullable String reason) {}

    /**
     * Counts since the start.
     *
     * @param completed checkpoints that were committed
     * @param aborted attempts that did not commit
     * @param unknown commits whose outcome the committed pointers had to decide
     */
    public record Counts(long completed, long aborted, long unknown) {}

    private static final class Of {
        private final Deque<Entry> entries = new ArrayDeque<>();
        private long completed;
        private long aborted;
        private long unknown;

        synchronized void add(Entry entry) {
            switch (entry.outcome()) {
                case "COMPLETED" -> completed++;
                case "ABORTED" -> aborted++;
                default -> unknown++;
            }
            entries.addFirst(entry);
            if (entries.size() > KEPT) {
                entries.removeLast();
            }
        }

        synchronized List<Entry> entries() {
            return new ArrayList<>(entries);
        }

        synchronized Counts counts() {
            return new Counts(completed, aborted, unknown);
        }
    }

    private final InstantSource clock;
    private final Map<String, Of> byProcessor = new ConcurrentHashMap<>();

    public CheckpointHistory(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void on(RuntimeEvent event) {
        if (event instanceof RuntimeEvent.CheckpointCommitted committed) {
            of(event.processor())
                    .add(new Entry(
                            clock.instant(),
                            "COMPLETED",
                            committed.tasks(),
                            committed.records(),
                            committed.bytes(),
                            committed.drain().toNanos() / 1e6,
                            committed.append().toNanos() / 1e6,
                            committed.decide().toNanos() / 1e6,
                            null));
        } else if (event instanceof RuntimeEvent.CheckpointAborted aborted) {
            of(event.processor()).add(failed("ABORTED", aborted.reason()));
        } else if (event instanceof RuntimeEvent.ProducerReplaced replaced) {
            of(event.processor()).add(failed("UNKNOWN", replaced.reason()));
        }
    }

    private Entry failed(String outcome, String reason) {
        return new Entry(clock.instant(), outcome, 0, 0, 0, 0, 0, 0, reason);
    }

    /** Newest first. */
    List<Entry> entries(String processor) {
        return of(processor).entries();
    }

    Counts counts(String processor) {
        return of(processor).counts();
    }

    private Of of(String processor) {
        return byProcessor.computeIfAbsent(processor, p -> new Of());
    }
}
