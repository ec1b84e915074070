package io.tidemark.boot.actuate;

/** When an instance is ready. */
public enum ReadinessPolicy {
    /**
     * Once each of its tasks processes. A task that is refused, or waits for an upgrade, keeps it from being ready, so that a rolling
     * deployment stops at the first instance of a version that does not fit.
     */
    TASKS_RUN,
    /** Once its tasks are restored; those that are refused or wait for an upgrade do not count. */
    TASKS_RESTORED,
    /** Once its workers are members of their groups. */
    JOINED
}
