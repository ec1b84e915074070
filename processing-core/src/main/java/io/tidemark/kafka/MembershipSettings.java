package io.tidemark.kafka;

import java.time.Duration;

/**
 * How workers are members of their group, and how long their transactions may stay open.
 *
 * @param protocol how the group shares out partitions
 * @param staticMembership whether a restart keeps the place in the group
 * @param sessionTimeout how long a silent member keeps its partitions; the broker's own with {@link GroupProtocol#CONSUMER}
 * @param heartbeatInterval how often a member says that it lives; the broker's own with {@link GroupProtocol#CONSUMER}
 * @param transactionTimeout how long a transaction may stay open before the broker ends it
 */
public record MembershipSettings(
        GroupProtocol protocol,
        boolean staticMembership,
        Duration sessionTimeout,
        Duration heartbeatInterval,
        Duration transactionTimeout) {

    public static MembershipSettings defaults() {
        return new MembershipSettings(
                GroupProtocol.CLASSIC, true, Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofSeconds(15));
    }
}
