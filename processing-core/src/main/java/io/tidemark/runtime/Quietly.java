package io.tidemark.runtime;

/** For what is given up anyway: what matters is that the rest is closed as well. */
final class Quietly {

    private Quietly() {}

    static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error ignored) {
            // The failure that led here has been told; this one changes nothing.
        }
    }
}
