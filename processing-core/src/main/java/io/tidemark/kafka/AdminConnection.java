package io.tidemark.kafka;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.AuthenticationException;
import org.jspecify.annotations.Nullable;

/**
 * The admin client of a processor, made anew when the cluster did not accept its credentials: it lives as long as the runtime, and they may
 * have been rotated since. Thread-safe.
 */
public final class AdminConnection implements AutoCloseable {

    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Supplier<Admin> maker;
    private final LongSupplier nanos;
    private @Nullable Admin admin;
    private @Nullable Admin retired;
    private long madeAt;

    /**
     * @param maker makes a client with the application's configuration of now
     */
    public AdminConnection(Supplier<Admin> maker, LongSupplier nanos) {
        this.maker = maker;
        this.nanos = nanos;
    }

    /** The client to ask now; nobody keeps it. */
    public Admin get() {
        Admin over;
        Admin current;
        synchronized (this) {
            over = retired;
            retired = null;
            current = admin;
            if (current == null) {
                current = maker.get();
                admin = current;
                madeAt = nanos.getAsLong();
            }
        }
        close(over);
        return current;
    }

    /**
     * An answer was a failure. May be called from a client's own thread, which must not wait for its end: the client is closed by whoever
     * asks next.
     */
    public synchronized void failed(Throwable failure) {
        Admin current = admin;
        if (current != null
                && retired == null
                && isRejection(failure)
                && nanos.getAsLong() - madeAt > AGAIN.toNanos()) {
            admin = null;
            retired = current;
        }
    }

    /** Outside the lock: a callback of the client may want it before the client can end. */
    private static void close(@Nullable Admin over) {
        if (over != null) {
            over.close(Duration.ofSeconds(1));
        }
    }

    private static boolean isRejection(Throwable failure) {
        return cause(failure) instanceof AuthenticationException;
    }

    /** What futures wrap. */
    static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wraps = failure instanceof ExecutionException || failure instanceof CompletionException;
        return wraps && cause != null ? cause : failure;
    }

    @Override
    public void close() {
        Admin over;
        Admin current;
        synchronized (this) {
            over = retired;
            current = admin;
            retired = null;
            admin = null;
        }
        close(over);
        close(current);
    }
}
