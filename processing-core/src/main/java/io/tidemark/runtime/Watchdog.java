package io.tidemark.runtime;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Looks every second whether a worker is stuck: a worker cannot say so itself. */
final class Watchdog implements Runnable, AutoCloseable {

    private final LongConsumer look;
    private final LongSupplier nanos;
    private final CountDownLatch stop = new CountDownLatch(1);

    private Watchdog(LongConsumer look, LongSupplier nanos) {
        this.look = look;
        this.nanos = nanos;
    }

    /**
     * @param look told the time, in monotonic nanoseconds
     */
    static Watchdog start(LongConsumer look, LongSupplier nanos) {
        Watchdog watchdog = new Watchdog(look, nanos);
        Thread thread = new Thread(watchdog, "tidemark-watchdog");
        thread.setDaemon(true);
        thread.start();
        return watchdog;
    }

    @Override
    public void run() {
        try {
            while (!stop.await(1, TimeUnit.SECONDS)) {
                Quietly.run(() -> look.accept(nanos.getAsLong())); // one failed look must not be the last
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop.countDown();
    }
}
