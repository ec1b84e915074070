package io.tidemark.runtime;

import java.time.Duration;

/**
 * What all processors of one application share.
 *
 * @param applicationId names groups, changelogs and transactions
 * @param owner who runs this, for the message to whoever finds the state directory taken
 * @param state where state lives on this machine
 * @param stopBudget how long an orderly stop may take
 * @param leaveOnStop whether a stop gives up its place in the group at once, for scaling down
 */
public record RuntimeSettings(
        String applicationId, String owner, StateSettings state, Duration stopBudget, boolean leaveOnStop) {}
