package io.tidemark.runtime;

import io.tidemark.error.EnvironmentRefused;
import io.tidemark.error.TidemarkException;
import io.tidemark.runtime.RuntimeEvent.ProcessorStopped;
import io.tidemark.runtime.RuntimeEvent.WorkerRestarting;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One worker of a processor: steps a loop, and makes a new one after a failure, with a pause that grows. Only its own tasks are touched
 * by its failures.
 */
final class WorkerThread implements Runnable {

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration STABLE = Duration.ofMinutes(1);
    private static final long JOIN_PAUSE_MS = 50;

    private final String processor;
    private final int number;
    private final LoopFactory loops;
    private final RuntimeListener listener;
    private final LongSupplier nanos;
    private final Duration stopBudget;
    private final Runnable onFailed;
    private final WorkerCounters counters = new WorkerCounters();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean leave;
    private volatile @Nullable PartitionLoop loop;
    private volatile ProcessorStatus.State state = ProcessorStatus.State.STARTING;
    private volatile @Nullable String message;
    private int failuresInARow;

    WorkerThread(
            String processor,
            int number,
            LoopFactory loops,
            RuntimeListener listener,
            LongSupplier nanos,
            Duration stopBudget,
            Runnable onFailed) {
        this.processor = processor;
        this.number = number;
        this.loops = loops;
        this.listener = listener;
        this.nanos = nanos;
        this.stopBudget = stopBudget;
        this.onFailed = onFailed;
        this.thread = new Thread(this, "tidemark-" + processor + "-" + number);
    }

    void start() {
        thread.start();
    }

    void requestStop(boolean leave) {
        this.leave = leave;
        stop.countDown();
    }

    /** Waits for the end of the thread; interrupts it when the time is over. Whether it ended. */
    boolean awaitEnd(long deadline) throws InterruptedException {
        long left = Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - nanos.getAsLong()));
        thread.join(left);
        if (thread.isAlive()) {
            thread.interrupt();
            thread.join(1_000);
        }
        return !thread.isAlive();
    }

    void requestCheckpoint() {
        PartitionLoop current = loop;
        if (current != null) {
            current.requestCheckpoint();
        }
    }

    WorkerStatus status() {
        PartitionLoop current = loop;
        return current == null ? WorkerStatus.starting() : current.status();
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

    @Override
    public void run() {
        while (!isStopping()) {
            long started = nanos.getAsLong();
            try {
                live();
            } catch (ProcessorHalted e) {
                fail(String.valueOf(e.getMessage()));
                return;
            } catch (VirtualMachineError e) {
                // Out of memory or stack: nothing this thread could still promise.
                try {
                    abandon();
                } finally {
                    fail("Worker " + number + " of processor " + processor + " died of " + e
                            + "; nothing of its open work is committed");
                }
                return;
            } catch (RuntimeException | Error e) {
                abandon();
                // A handler may leave its thread interrupted; only a stop may end the worker.
                boolean ignored = Thread.interrupted();
                failuresInARow = nanos.getAsLong() - started > STABLE.toNanos() ? 1 : failuresInARow + 1;
                if (!isStopping()) {
                    pause(e);
                }
            }
        }
        state = ProcessorStatus.State.STOPPED;
        loop = null;
    }

    private void live() throws ProcessorHalted {
        PartitionLoop current = loops.make(number, counters);
        loop = current;
        try {
            while (!isStopping()) {
                current.doWork(nanos.getAsLong());
                if (current.isJoining()) {
                    await(JOIN_PAUSE_MS);
                } else if (state != ProcessorStatus.State.RUNNING) {
                    state = ProcessorStatus.State.RUNNING;
                    message = null;
                }
            }
        } catch (ProcessorHalted e) {
            current.stop(false, stopBudget);
            throw e;
        }
        current.stop(leave, stopBudget);
    }

    private void abandon() {
        PartitionLoop current = loop;
        loop = null;
        if (current != null) {
            current.abandon();
        }
    }

    private void fail(String why) {
        message = why;
        state = ProcessorStatus.State.FAILED;
        listener.on(new ProcessorStopped(processor, why));
        onFailed.run();
    }

    /** Our own messages never quote keys or values; of other failures only the type goes on. */
    private static String describe(Throwable e) {
        if (e instanceof EnvironmentRefused refused) {
            return refused.getMessage() + " " + refused.action();
        }
        return e instanceof TidemarkException
                ? String.valueOf(e.getMessage())
                : e.getClass().getName();
    }

    private void pause(Throwable e) {
        int doublings = Math.min(failuresInARow - 1, 5);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        String why = describe(e);
        message = why;
        state = ProcessorStatus.State.RESTARTING;
        listener.on(new WorkerRestarting(processor, number, why, pause, e));
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
