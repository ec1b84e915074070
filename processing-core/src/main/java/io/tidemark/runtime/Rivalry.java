package io.tidemark.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Notices that another process claims to be this one: the two then fence each other for ever. Once in a while anybody is fenced, by a
 * broker's time-out or by a new owner that lost its patience; several times within minutes only a copied state directory explains. What
 * happens to several workers at once, after a long pause of the process for example, counts as one time. Shared by the workers of a processor; thread-safe.
 */
final class Rivalry {

    private static final int PROOF = 5;

    /** Two that are equally patient would both give up at the same moment. */
    private static final int PROOF_FOR_THE_ORIGINAL = 15;

    /** Long enough for the growing pauses between restarts of a worker, which fill up to half a minute each. */
    private static final Duration WINDOW = Duration.ofMinutes(2);

    private static final Duration WINDOW_OF_THE_ORIGINAL = Duration.ofMinutes(10);
    private static final Duration AT_ONCE = Duration.ofSeconds(1);

    private final String stateDirectory;
    private final String processId;
    private int proof;
    private Duration window;
    private final Deque<Long> fencings = new ArrayDeque<>();

    /**
     * @param original whether the directory is where it was made; a copy gives up first
     */
    Rivalry(String stateDirectory, String processId, boolean original) {
        this.proof = original ? PROOF_FOR_THE_ORIGINAL : PROOF;
        this.window = original ? WINDOW_OF_THE_ORIGINAL : WINDOW;
        this.stateDirectory = stateDirectory;
        this.processId = processId;
    }

    /** Somebody took the place or the transactional id of a worker. */
    synchronized void fenced(long now) {
        if (!fencings.isEmpty() && now - fencings.getLast() < AT_ONCE.toNanos()) {
            return;
        }
        fencings.addLast(now);
        while (now - fencings.getFirst() > window.toNanos()) {
            fencings.removeFirst();
        }
    }

    /** Whether nobody has been noticed in the window. */
    synchronized boolean isQuiet(long now) {
        return fencings.isEmpty() || now - fencings.getLast() > WINDOW_OF_THE_ORIGINAL.toNanos();
    }

    /** From here on the other one gives up first. */
    synchronized void becomeOriginal() {
        proof = PROOF_FOR_THE_ORIGINAL;
        window = WINDOW_OF_THE_ORIGINAL;
    }

    synchronized boolean isProven() {
        return fencings.size() >= proof;
    }

    String message() {
        return "another process fences this one again and again: it uses the same process id " + processId
                + ", so its state directory is a copy of " + stateDirectory
                + ", or this one is a copy of its. Nothing uncommitted counts. Stop one of the two and delete its directory;"
                + " its state comes back from Kafka";
    }
}
