package io.tidemark.runtime;

import java.util.function.LongSupplier;

/**
 * Says when a slice of time is over without asking the clock after every record: while records are quick one reading serves several of them,
 * at most {@link #MOST}. As soon as they are not, each is followed by a reading of its own. So a slice lasts longer than it should by no more
 * than {@code MOST} records.
 */
final class SliceClock {

    /** A reading costs some 30 ns, a quick record less than a microsecond. */
    static final int MOST = 8;

    /** Records between two readings that take longer are not quick. */
    static final long QUICK_NANOS = 100_000;

    private final LongSupplier nanos;
    private long end;
    private long read;
    private int stride;
    private int left;
    private boolean over;

    SliceClock(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A slice that lasts until {@code end}, monotonic nanoseconds. */
    void start(long end) {
        this.end = end;
        stride = 1;
        left = 1;
        read = nanos.getAsLong();
        over = false;
    }

    /** Whether the slice is over now that one more record is done, as far as that can be said without a reading. */
    boolean isOverAfterOne() {
        if (--left > 0) {
            return over;
        }
        long now = nanos.getAsLong();
        stride = now - read < QUICK_NANOS ? Math.min(2 * stride, MOST) : 1;
        left = stride;
        read = now;
        over = now >= end;
        return over;
    }
}
