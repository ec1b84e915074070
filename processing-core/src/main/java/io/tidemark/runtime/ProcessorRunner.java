package io.tidemark.runtime;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.kafka.GroupBacklog;
import io.tidemark.kafka.GroupBacklog.Backlog;
import io.tidemark.runtime.RuntimeEvent.GroupAwaited;
import io.tidemark.runtime.RuntimeEvent.InputHeldBack;
import io.tidemark.runtime.RuntimeEvent.WorkerReplaced;
import io.tidemark.stream.InputPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One processor on this instance: its workers, started and stopped together. */
final class ProcessorRunner {

    private static final int MOST_LOST = 8;
    private static final Duration ORPHANED = Duration.ofSeconds(10);
    private static final long NEVER = Long.MIN_VALUE;

    private final ProcessorDefinition definition;
    private final GroupBacklog backlog;
    private final List<WorkerThread> workers = new CopyOnWriteArrayList<>();
    /** Stuck in calls that do not end; others are in their places. */
    private final List<WorkerThread> lost = new CopyOnWriteArrayList<>();

    private final RuntimeListener listener;
    private @Nullable String toldHeldBack;
    private boolean stopping;
    private final LongSupplier nanos;
    private long orphanedSince = NEVER;
    private final GroupPatience patience = new GroupPatience();
    private final String groupWait;

    /**
     * @param groupWait how long a place in the group may be somebody's who is gone, in words
     */
    ProcessorRunner(
            ProcessorDefinition definition,
            WorkerPlan plan,
            int concurrency,
            GroupBacklog backlog,
            String groupWait,
            RuntimeListener listener,
            LongSupplier nanos) {
        this.groupWait = groupWait;
        this.definition = definition;
        this.nanos = nanos;
        this.backlog = backlog;
        this.listener = listener;
        for (int number = 0; number < concurrency; number++) {
            workers.add(new WorkerThread(plan, number, () -> requestStop(false), listener, nanos));
        }
    }

    ProcessorDefinition definition() {
        return definition;
    }

    void start() {
        workers.forEach(WorkerThread::start);
    }

    synchronized void requestStop(boolean leave) {
        stopping = true;
        workers.forEach(worker -> worker.requestStop(leave));
    }

    /** Whether all workers ended. */
    boolean awaitEnd(long deadline) throws InterruptedException {
        boolean ended = true;
        for (WorkerThread worker : all()) {
            ended &= worker.awaitEnd(deadline);
        }
        return ended;
    }

    /** Whether the workers whose threads were started have ended. */
    boolean awaitStarted(long deadline) throws InterruptedException {
        boolean ended = true;
        for (WorkerThread worker : workers) {
            ended &= !worker.isStarted() || worker.awaitEnd(deadline);
        }
        return ended;
    }

    /** Waits for the end of all workers, however long it takes. */
    void awaitEnd() throws InterruptedException {
        for (WorkerThread worker : all()) {
            worker.awaitEnd();
        }
    }

    private List<WorkerThread> all() {
        List<WorkerThread> all = new ArrayList<>(workers);
        all.addAll(lost);
        return all;
    }

    void requestCheckpoint() {
        workers.forEach(WorkerThread::requestCheckpoint);
    }

    void look(long now) {
        workers.forEach(worker -> worker.look(now));
        replaceLost(now);
        if (patience.look(workers.stream().anyMatch(WorkerThread::waitsForGroup), now)) {
            listener.on(new GroupAwaited(definition.id(), groupWait));
        }
    }

    /**
     * What is stuck may be so for ever, and others may have nobody to take its tasks. Each that is lost keeps a thread and what it holds, so
     * there is an end to it.
     */
    private void replaceLost(long now) {
        List<RuntimeEvent> news = new ArrayList<>();
        synchronized (this) {
            for (int i = 0; i < workers.size() && !stopping; i++) {
                WorkerThread worker = workers.get(i);
                if (worker.isLost(now)) {
                    WorkerThread fresh = worker.replacement();
                    lost.add(worker);
                    workers.set(i, fresh);
                    WorkerReplaced replaced = replace(fresh, i);
                    if (replaced != null) {
                        news.add(replaced);
                    }
                }
            }
        }
        news.forEach(listener::on);
    }

    private @Nullable WorkerReplaced replace(WorkerThread fresh, int number) {
        if (lost.size() > MOST_LOST) {
            fresh.neverStarted(
                    "Worker " + number + " of processor " + definition.id() + " is not replaced: " + lost.size()
                            + " are stuck for good. Find the loop in the stacks that were told, and restart the application");
            return null;
        }
        try {
            fresh.start();
            return new WorkerReplaced(definition.id(), number);
        } catch (OutOfMemoryError e) {
            fresh.neverStarted(
                    "Worker " + number + " of processor " + definition.id() + " cannot be replaced: " + e.getMessage());
            return null;
        }
    }

    /** The worst state of any worker is the processor's. */
    ProcessorStatus status() {
        ProcessorStatus.State state = ProcessorStatus.State.RUNNING;
        String message = null;
        for (WorkerThread worker : workers) {
            if (severity(worker.state()) > severity(state)) {
                state = worker.state();
                message = worker.message();
            }
        }
        Backlog waiting = backlog.known();
        Set<Integer> elsewhere = new HashSet<>(waiting.unassigned());
        for (WorkerThread worker : workers) {
            if (!isOver(worker.state())) {
                worker.status().tasks().forEach(task -> elsewhere.add(task.partition()));
            }
        }
        List<WorkerStatus> each = workers.stream()
                .map(worker -> isOver(worker.state()) ? worker.status().without(elsewhere) : worker.status())
                .map(worker -> withLags(worker, waiting))
                .toList();
        List<TaskStatus> tasks =
                each.stream().flatMap(worker -> worker.tasks().stream()).toList();
        if (state == ProcessorStatus.State.RUNNING
                && !tasks.isEmpty()
                && tasks.stream().allMatch(TaskStatus::mayNotRun)) {
            state = ProcessorStatus.State.REFUSED;
            message = tasks.get(0).message();
        }
        return new ProcessorStatus(
                definition.id(),
                state,
                message,
                each,
                RecordTotals.of(workers.stream().map(WorkerThread::counters).toList()),
                unassigned(waiting),
                waiting.heldBack());
    }

    /** Its tasks are its own until the group has noticed and given them to others. */
    private static boolean isOver(ProcessorStatus.State state) {
        return state == ProcessorStatus.State.FAILED || state == ProcessorStatus.State.RESTARTING;
    }

    private static WorkerStatus withLags(WorkerStatus worker, Backlog waiting) {
        return new WorkerStatus(
                worker.phase(),
                worker.member(),
                worker.tasks().stream().map(task -> withLag(task, waiting)).toList(),
                worker.trouble());
    }

    /**
     * A task that does not process knows nothing of what waits for it; the cluster does. Nor does one that reads committed records of those
     * behind an open transaction.
     */
    private static TaskStatus withLag(TaskStatus task, Backlog waiting) {
        boolean knows = task.lag() >= 0 && waiting.heldBack() == null;
        TaskStatus counted =
                knows ? task : task.withLag(Math.max(task.lag(), waiting.lags().getOrDefault(task.partition(), -1L)));
        RecordId record = task.record();
        return record != null && isDeleted(record, waiting) ? counted.butDeleted() : counted;
    }

    private static boolean isDeleted(RecordId record, Backlog waiting) {
        Long start = waiting.deleted().get(new InputPartition(record.topic(), record.partition()));
        return start != null && start > record.offset();
    }

    /** Whether the record is not in its partition any more, as far as is known. */
    boolean isDeleted(RecordId record) {
        return isDeleted(record, backlog.known());
    }

    private static long unassigned(Backlog waiting) {
        return waiting.lags().isEmpty()
                ? -1
                : waiting.unassigned().stream()
                        .mapToLong(partition -> waiting.lags().getOrDefault(partition, 0L))
                        .sum();
    }

    /** Asks the cluster on about what waits. */
    void lookAtBacklog() {
        backlog.look();
        String now = backlog.known().heldBack();
        if (now != null && !now.equals(toldHeldBack)) {
            listener.on(new InputHeldBack(definition.id(), now));
        }
        toldHeldBack = now;
        lookAtOrphans(nanos.getAsLong());
    }

    /**
     * Partitions that stay nobody's although there are members: one that gave them up failed before it said so to the group, and its place,
     * which it took again, has the assignment of before. Only another round gives them to somebody.
     */
    private void lookAtOrphans(long now) {
        if (backlog.known().unassigned().isEmpty()) {
            orphanedSince = NEVER;
        } else if (orphanedSince == NEVER) {
            orphanedSince = now;
        } else if (now - orphanedSince > ORPHANED.toNanos()) {
            orphanedSince = now + ORPHANED.toNanos(); // the next time after twice as long
            workers.forEach(WorkerThread::requestAssignment);
        }
    }

    private static int severity(ProcessorStatus.State state) {
        return switch (state) {
            case RUNNING -> 0;
            case STARTING -> 1;
            case STOPPED -> 2;
            case RESTARTING -> 3;
            case REFUSED -> 4;
            case FAILED -> 5;
        };
    }
}
