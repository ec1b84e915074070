package io.tidemark.kafka;

import java.time.Instant;

/** Where a processor without any history starts to read. */
public final class StartFrom {

    /** What there is. */
    public static final StartFrom EARLIEST = new StartFrom("earliest", 0);

    /** What comes from now on. */
    public static final StartFrom LATEST = new StartFrom("latest", 0);

    /** Nowhere: without history a task is refused. */
    public static final StartFrom NONE = new StartFrom("none", 0);

    private final String name;
    private final long millis;

    private StartFrom(String name, long millis) {
        this.name = name;
        this.millis = millis;
    }

    /** The first record of each partition whose timestamp is not before that time; what comes from now on where there is none. */
    public static StartFrom since(Instant time) {
        return new StartFrom("since", time.toEpochMilli());
    }

    boolean isTime() {
        return name.equals("since");
    }

    /** Milliseconds since the epoch; only of a time. */
    long millis() {
        return millis;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StartFrom start && name.equals(start.name) && millis == start.millis;
    }

    @Override
    public int hashCode() {
        return name.hashCode() + Long.hashCode(millis);
    }

    @Override
    public String toString() {
        return isTime() ? "since " + Instant.ofEpochMilli(millis) : name;
    }
}
