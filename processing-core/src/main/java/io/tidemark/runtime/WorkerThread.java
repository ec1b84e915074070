package io.tidemark.runtime;

import io.tidemark.error.EnvironmentRefused;
import io.tidemark.error.SourceFailed;
import io.tidemark.error.TidemarkException;
import io.tidemark.runtime.RuntimeEvent.ProcessorStopped;
import io.tidemark.runtime.RuntimeEvent.WorkerRestarting;
import io.tidemark.runtime.RuntimeEvent.WorkerStuck;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One worker of a processor: steps a loop, and makes a new one after a failure as the restart strategy says. Only its own tasks are
 * touched by its failures.
 */
final class WorkerThread implements Runnable {

    private static final long JOIN_PAUSE_MS = 50;
    private static final Duration TELL_AGAIN = Duration.ofMinutes(1);
    private static final long LONGEST_GRACE_NANOS = 10_000_000_000L;
    /** By then the group has given the tasks of a worker that failed to others, or they count as nobody's. */
    private static final long NOTICED_NANOS = 60_000_000_000L;

    private static final long STALE_NANOS = 2_000_000_000;
    private static final long IDLE = Long.MIN_VALUE;

    private final WorkerPlan plan;
    private final int number;
    private final Runnable onHalted;
    private final RuntimeListener listener;
    private final LongSupplier nanos;
    private final FailureHistory history = new FailureHistory();
    private final WorkerCounters counters;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Thread thread;
    private volatile boolean leave;
    private volatile @Nullable PartitionLoop loop;
    private volatile ProcessorStatus.State state = ProcessorStatus.State.STARTING;
    private volatile @Nullable String message;

    /** What it had before it failed; what waits there is not to be forgotten until the group gives it to somebody. */
    private volatile long failedAt = IDLE;

    private volatile WorkerStatus former = WorkerStatus.starting();

    // ---- what the watchdog looks at
    private volatile long busySince = IDLE;
    private volatile boolean overdue;
    private volatile long overdueAt;
    private volatile boolean lost;
    private volatile @Nullable String stuck;
    private long toldAt;

    WorkerThread(WorkerPlan plan, int number, Runnable onHalted, RuntimeListener listener, LongSupplier nanos) {
        this(plan, number, new WorkerCounters(), onHalted, listener, nanos);
    }

    private WorkerThread(
            WorkerPlan plan,
            int number,
            WorkerCounters counters,
            Runnable onHalted,
            RuntimeListener listener,
            LongSupplier nanos) {
        this.counters = counters;
        this.plan = plan;
        this.number = number;
        this.onHalted = onHalted;
        this.listener = listener;
        this.nanos = nanos;
        this.thread = newThread();
    }

    /**
     * Another one in its place, which goes on with its counters; this one ends with the call it is stuck in, if ever. Nothing of what it
     * still does counts: the other one's transactional id is the same.
     */
    WorkerThread replacement() {
        lost = true;
        PartitionLoop stuck = loop;
        if (stuck != null) {
            stuck.giveUp();
        }
        requestStop(false);
        return new WorkerThread(plan, number, counters, onHalted, listener, nanos);
    }

    /** It is not started: nobody waits for it. */
    void neverStarted(String why) {
        fail(why);
    }

    private Thread newThread() {
        return new Thread(this, "tidemark-" + plan.processor() + "-" + number);
    }

    void start() {
        thread.start();
    }

    boolean isStarted() {
        return thread.getState() != Thread.State.NEW;
    }

    void requestStop(boolean leave) {
        this.leave = leave;
        stop.countDown();
    }

    /** Waits for the end of the worker; interrupts it when the time is over. Whether it ended. */
    boolean awaitEnd(long deadline) throws InterruptedException {
        long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - nanos.getAsLong()));
        if (ended.await(left, TimeUnit.MILLISECONDS)) {
            return true;
        }
        PartitionLoop running = loop;
        if (running != null) {
            running.giveUp();
        }
        thread.interrupt();
        return ended.await(1, TimeUnit.SECONDS);
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    void requestAssignment() {
        PartitionLoop current = loop;
        if (current != null) {
            current.requestAssignment();
        }
    }

    void requestCheckpoint() {
        PartitionLoop current = loop;
        if (current != null) {
            current.requestCheckpoint();
        }
    }

    WorkerStatus status() {
        PartitionLoop current = loop;
        long gone = failedAt;
        WorkerStatus before =
                gone != IDLE && nanos.getAsLong() - gone > NOTICED_NANOS ? WorkerStatus.starting() : former;
        WorkerStatus status = current == null ? before : current.status();
        if (current != null && current.isJoining()) {
            status = new WorkerStatus(status.phase(), status.member(), before.tasks(), status.trouble());
        }
        long since = busySince;
        if (overdue) {
            status = new WorkerStatus(status.phase(), false, List.of(), status.trouble()); // others have them by now
        } else if (since != IDLE && nanos.getAsLong() - since > STALE_NANOS) {
            status = status.withoutLags(); // they are as of before what it is busy with
        }
        String trouble = stuck;
        return trouble == null ? status : new WorkerStatus(status.phase(), status.member(), status.tasks(), trouble);
    }

    /** Whether its loop runs and the group has not said yet what its partitions are. */
    boolean waitsForGroup() {
        PartitionLoop current = loop;
        return state() == ProcessorStatus.State.RUNNING
                && current != null
                && !current.status().member();
    }

    ProcessorStatus.State state() {
        return state;
    }

    @Nullable
    String message() {
        return message;
    }

    WorkerCounters counters() {
        return counters;
    }

    /** Called by the watchdog every now and then. */
    void look(long now) {
        long since = busySince;
        if (since == IDLE
                || now - since
                        < Math.min(plan.stuckAfter().toNanos(), plan.lostAfter().toNanos())) {
            stuck = null;
            toldAt = IDLE;
            return;
        }
        Duration taken = Duration.ofNanos(now - since);
        stuck = "Worker " + number + " has not returned from the author's code, or from a call it waits for, for "
                + taken.toSeconds() + " s";
        Thread current = thread;
        if (toldAt == IDLE || now - toldAt >= TELL_AGAIN.toNanos()) {
            toldAt = now;
            listener.on(new WorkerStuck(plan.processor(), number, taken, List.of(current.getStackTrace())));
        }
        if (taken.compareTo(plan.lostAfter()) > 0 && !overdue && busySince == since) {
            // Its partitions are somebody else's by now. Whatever waits is woken up, and the thread ends with this
            // cycle.
            overdueAt = now;
            overdue = true;
            PartitionLoop running = loop;
            if (running != null) {
                running.blame();
                running.giveUp();
            }
            current.interrupt();
        }
    }

    /** Whether it does not even react to being woken up: a loop that never ends, for instance. */
    boolean isLost(long now) {
        long since = busySince;
        long grace = Math.min(plan.lostAfter().toNanos(), LONGEST_GRACE_NANOS);
        return overdue && since != IDLE && now - overdueAt > grace && !isStopping();
    }

    @Override
    public void run() {
        try {
            work();
        } catch (RuntimeException | Error e) {
            // nobody may wait for a thread that is gone, or believe that it runs
            fail("Worker " + number + " of processor " + plan.processor() + " ended with "
                    + e.getClass().getName() + "; nothing of its open work is committed. Restart the application");
        }
    }

    private void work() {
        while (!isStopping()) {
            long started = nanos.getAsLong();
            try {
                live();
            } catch (ProcessorHalted e) {
                halt(String.valueOf(e.getMessage()));
                return;
            } catch (VirtualMachineError e) {
                // Out of memory or stack: nothing this thread could still promise.
                PartitionLoop died = loop;
                try {
                    abandon();
                } finally {
                    String at = died == null ? "" : died.inCall();
                    String advice =
                            e instanceof OutOfMemoryError ? ". Give it more memory, or make the handler need less" : "";
                    halt("Worker " + number + " of processor " + plan.processor() + " died of " + e + at
                            + "; nothing of its open work is committed" + advice);
                }
                return;
            } catch (RuntimeException | Error e) {
                abandon();
                // A handler may leave its thread interrupted; only a stop may end the worker.
                boolean ignored = Thread.interrupted();
                if (!isStopping() && !recover(e, started)) {
                    return;
                }
            }
        }
        state = ProcessorStatus.State.STOPPED;
        former = WorkerStatus.starting();
        loop = null;
        ended.countDown();
    }

    /** Waits as the strategy says; whether this thread goes on. */
    private boolean recover(Throwable e, long started) {
        long now = nanos.getAsLong();
        if (e instanceof SourceFailed failed && failed.isFenced()) {
            plan.rivalry().fenced(now);
        }
        if (plan.rivalry().isProven()) {
            halt("Processor " + plan.processor() + " is stopped: "
                    + plan.rivalry().message());
            return false;
        }
        history.failed(now, now - started);
        Optional<Duration> pause = plan.restart().pauseAfter(history);
        if (pause.isEmpty()) {
            fail("Worker " + number + " of processor " + plan.processor() + " failed " + history.inARow()
                    + " times in a row and is not started again: " + describe(e)
                    + " Committed checkpoints stand; fix the cause and restart");
            return false;
        }
        pause(e, pause.get());
        if (overdue && !isStopping()) {
            // Nobody knows what code that took so long left behind in its thread.
            overdue = false;
            thread = newThread();
            thread.start();
            return false;
        }
        return true;
    }

    private void live() throws ProcessorHalted {
        PartitionLoop current = plan.loops().make(number, counters);
        loop = current;
        try {
            while (!isStopping()) {
                step(current);
                if (current.isJoining()) {
                    await(JOIN_PAUSE_MS);
                } else if (state != ProcessorStatus.State.RUNNING) {
                    state = ProcessorStatus.State.RUNNING;
                    message = null;
                }
            }
        } catch (ProcessorHalted e) {
            current.stop(false, plan.stopBudget());
            throw e;
        }
        current.stop(leave, plan.stopBudget());
    }

    private void step(PartitionLoop current) throws ProcessorHalted {
        long now = nanos.getAsLong();
        busySince = now;
        try {
            current.doWork(now);
        } finally {
            busySince = IDLE;
        }
        if (overdue) {
            throw new SourceFailed(
                    "A record kept the worker for longer than max.poll.interval.ms, so its partitions went to others",
                    null);
        }
    }

    private void abandon() {
        PartitionLoop current = loop;
        if (current != null) {
            former = current.status().restarting();
        }
        loop = null;
        if (current != null) {
            current.abandon();
        }
    }

    /** This worker does not go on; the others of the processor do. */
    private void fail(String why) {
        message = why;
        failedAt = nanos.getAsLong();
        state = ProcessorStatus.State.FAILED;
        listener.on(new ProcessorStopped(plan.processor(), why));
        ended.countDown();
    }

    /** Nothing of the processor goes on in this process. */
    private void halt(String why) {
        fail(why);
        if (!lost) {
            onHalted.run();
        }
    }

    /** Our own messages never quote keys or values; of other failures only the type goes on. */
    private static String describe(Throwable e) {
        if (e instanceof EnvironmentRefused refused) {
            return refused.getMessage() + " " + refused.action();
        }
        String what = e instanceof TidemarkException
                ? String.valueOf(e.getMessage())
                : e.getClass().getName();
        return what.endsWith(".") ? what : what + ".";
    }

    private void pause(Throwable e, Duration pause) {
        String why = describe(e);
        message = why;
        state = ProcessorStatus.State.RESTARTING;
        listener.on(new WorkerRestarting(plan.processor(), number, why, pause, e));
        await(pause.toMillis());
    }

    private void await(long millis) {
        try {
            if (stop.await(millis, TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            if (isStopping()) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isStopping() {
        return stop.getCount() == 0;
    }
}
