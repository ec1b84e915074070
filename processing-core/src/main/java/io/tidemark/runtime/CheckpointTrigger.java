package io.tidemark.runtime;

import java.time.Duration;

/** Decides when a checkpoint is due; the first reason wins. Times are monotonic nanoseconds. */
final class CheckpointTrigger {

    private final CheckpointSettings settings;
    private long lastCheckpoint;
    private long firstWork = -1;
    private boolean requested;

    CheckpointTrigger(CheckpointSettings settings, long now) {
        this.settings = settings;
        this.lastCheckpoint = now;
    }

    /** Something to commit exists since {@code now}, if not before. */
    void worked(long now) {
        if (firstWork < 0) {
            firstWork = now;
        }
    }

    /** Somebody asked for a checkpoint. */
    void request() {
        requested = true;
    }

    /** A checkpoint was taken or its work given up. */
    void reset(long now) {
        lastCheckpoint = now;
        firstWork = -1;
        requested = false;
    }

    boolean hasWork() {
        return firstWork >= 0;
    }

    boolean due(long now, long records, long dirtyBytes, boolean caughtUp) {
        if (requested || records >= settings.maxRecords() || dirtyBytes >= settings.maxBytes()) {
            return true;
        }
        if (firstWork < 0) {
            return false;
        }
        return now - firstWork >= settings.interval().toNanos()
                || (caughtUp && now - lastCheckpoint >= settings.minSpacing().toNanos());
    }

    /** How long a poll may wait without making a checkpoint late. */
    Duration patience(long now, Duration most, boolean caughtUp) {
        if (firstWork < 0) {
            return most;
        }
        long untilInterval = firstWork + settings.interval().toNanos() - now;
        long untilSpacing =
                caughtUp ? Math.max(lastCheckpoint + settings.minSpacing().toNanos() - now, 0) : Long.MAX_VALUE;
        return Duration.ofNanos(Math.max(0, Math.min(Math.min(untilInterval, untilSpacing), most.toNanos())));
    }
}
