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
    private long madeAt;

    /**
     * @param maker makes a client with the application's configuration of now
     */
    public AdminConnection(Supplier<Admin> maker, LongSupplier nanos) {
        this.maker = maker;
        this.nanos = nanos;
    }

    /** The client to ask now; nobody keeps it. */
    public synchronized Admin get() {
        Admin current = admin;
        if (current == null) {
            current = maker.get();
            admin = current;
            madeAt = nanos.getAsLong();
        }
        return current;
    }

    /** An answer was a failure. */
    public synchronized void failed(Throwable failure) {
        Admin current = admin;
        if (current != null && isRejection(failure) && nanos.getAsLong() - madeAt > AGAIN.toNanos()) {
            admin = null;
            current.close(Duration.ZERO);
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
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
            admin = null;
        }
    }
}
