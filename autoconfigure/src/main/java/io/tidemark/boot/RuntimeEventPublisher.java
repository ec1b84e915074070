package io.tidemark.boot;

import io.tidemark.runtime.RuntimeEvent;
import io.tidemark.runtime.RuntimeListener;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Publishes what happens in the runtime as application events, in order, on a thread of its own: a worker never waits for an
 * application's listener. When listeners fall behind by more than {@value #MOST} events the newest are dropped, counted and told.
 */
public final class RuntimeEventPublisher implements RuntimeListener, SmartLifecycle, Runnable {

    private static final Logger log = LoggerFactory.getLogger(RuntimeEventPublisher.class);
    private static final int MOST = 10_000;
    private static final long PATIENCE_MS = 1_000;

    private final ApplicationEventPublisher events;
    private final int phase;
    private final BlockingQueue<RuntimeEvent> waiting = new ArrayBlockingQueue<>(MOST);
    private final AtomicLong dropped = new AtomicLong();
    private @Nullable Thread thread;
    private volatile boolean stopping;

    /**
     * @param phase when to stop: after whatever emits events
     */
    public RuntimeEventPublisher(ApplicationEventPublisher events, int phase) {
        this.events = events;
        this.phase = phase;
    }

    @Override
    public void on(RuntimeEvent event) {
        begin();
        if (!waiting.offer(event) && Long.bitCount(dropped.incrementAndGet()) == 1) {
            log.warn(
                    "{} application events were dropped so far, because listeners are slower than what happens; let them hand work over",
                    dropped.get());
        }
    }

    /** Events that were dropped since the start. */
    public long dropped() {
        return dropped.get();
    }

    /** With the first event: an application without processors has no such thread. */
    private synchronized void begin() {
        if (thread == null) {
            stopping = false;
            Thread fresh = new Thread(this, "tidemark-events");
            fresh.setDaemon(true);
            fresh.start();
            thread = fresh;
        }
    }

    @Override
    public void run() {
        try {
            while (!stopping || !waiting.isEmpty()) {
                RuntimeEvent event = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (event != null) {
                    publish(event);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void publish(RuntimeEvent event) {
        try {
            events.publishEvent(event);
        } catch (RuntimeException | Error e) { // whatever it is, the next event is told
            log.warn(
                    "processor={} An application listener failed on {}",
                    event.processor(),
                    event.getClass().getSimpleName(),
                    e);
        }
    }

    @Override
    public void start() {
        // with the first event
    }

    /** Hands out what is left, for a short while. */
    @Override
    public synchronized void stop() {
        Thread running = thread;
        thread = null;
        stopping = true;
        if (running != null) {
            try {
                running.join(PATIENCE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            running.interrupt();
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    @Override
    public int getPhase() {
        return phase;
    }
}
