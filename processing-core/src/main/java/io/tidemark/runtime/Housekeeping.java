package io.tidemark.runtime;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What has to be done every now and then and is nobody's turn: on one thread of its own, so that it holds up no worker. */
final class Housekeeping implements AutoCloseable {

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "tidemark-housekeeping");
        thread.setDaemon(true);
        return thread;
    });

    /** A failure is passed over: the next time may do better. */
    void every(Duration pause, Runnable work) {
        Future<?> unused = executor.scheduleWithFixedDelay(
                () -> Quietly.run(work), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
        try {
            executor.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
