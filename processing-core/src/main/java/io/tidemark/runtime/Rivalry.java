package io.tidemark.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Notices that another process claims to be this one: the two then fence each other for ever. Once in a while anybody is fenced, by a
 * broker's time-out or by a new owner that lost its patience; several times within two minutes only a copied state directory explains.
 * Shared by the workers of a processor; thread-safe.
 */
final class Rivalry {

    private static final int PROOF = 5;
    private static final Duration WINDOW = Duration.ofMinutes(2);

    private final String stateDirectory;
    private final String processId;
    private final Deque<Long> fencings = new ArrayDeque<>();

    Rivalry(String stateDirectory, String processId) {
        this.stateDirectory = stateDirectory;
        this.processId = processId;
    }

    /** Somebody took the place or the transactional id of a worker. */
    synchronized void fenced(long now) {
        fencings.addLast(now);
        while (now - fencings.getFirst() > WINDOW.toNanos()) {
            fencings.removeFirst();
        }
    }

    synchronized boolean isProven() {
        return fencings.size() >= PROOF;
    }

    String message() {
        return "another process fences this one again and again: it uses the same process id " + processId
                + ", so its state directory is a copy of " + stateDirectory
                + ", or this one is a copy of its. Nothing uncommitted counts. Stop one of the two and delete its directory;"
                + " its state comes back from Kafka";
    }
}
