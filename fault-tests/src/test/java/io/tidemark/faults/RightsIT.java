package io.tidemark.faults;

import static io.tidemark.faults.GuardedCounts.PATIENCE;
import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.DELETE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.runtime.RuntimeEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** C19: a broker that lets nobody do anything but what was granted, and credentials that change. */
class RightsIT {

    private static final boolean FULL =
            System.getProperty("chaos.matrix", "half").equals("full");
    private static final int REAUTHENTICATION_SECONDS = 3;
    private static final String USER = "flights";

    private static BrokerProcess broker;
    private static Admin root;

    private volatile String password = "first";
    private final GuardedCounts counts = new GuardedCounts(broker, this::credentials);

    @BeforeAll
    static void startBroker() {
        broker = new BrokerProcess(
                Brokers.directory("guarded"),
                Map.of(
                        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "super.users", "User:ANONYMOUS",
                        "allow.everyone.if.no.acl.found", "false",
                        "connections.max.reauth.ms", REAUTHENTICATION_SECONDS + "000"));
        root = Admin.create(Map.of("bootstrap.servers", broker.direct()));
    }

    @AfterAll
    static void stopBroker() {
        root.close();
        broker.close();
    }

    @BeforeEach
    void prepare() throws Exception {
        secret();
        counts.createTopics(root);
        grant(rights());
    }

    @AfterEach
    void stop() {
        counts.close();
    }

    /** Exactly what docs/operations.md says an application needs, and nothing else. */
    private List<AclBinding> rights() {
        List<AclBinding> rights = new ArrayList<>();
        rights.add(right(ResourceType.TOPIC, counts.in, READ));
        rights.add(right(ResourceType.GROUP, counts.group, READ));
        for (AclOperation operation : List.of(READ, WRITE, CREATE, DELETE, DESCRIBE_CONFIGS)) {
            rights.add(right(ResourceType.TOPIC, counts.changelog, operation));
        }
        rights.add(right(ResourceType.TOPIC, counts.out, WRITE));
        rights.add(right(ResourceType.TOPIC, counts.letters, WRITE));
        rights.add(right(ResourceType.TRANSACTIONAL_ID, transactions(), WRITE));
        rights.add(right(ResourceType.TRANSACTIONAL_ID, transactions(), DESCRIBE));
        return rights;
    }

    private String transactions() {
        return counts.application + ".";
    }

    @Test
    void shouldNeedTheRightsOfTheDocsAndNoOthers() throws Exception {
        counts.start();
        counts.send("good");
        counts.send("poison");
        counts.awaitCount(counts.letters, 1);
        awaitCut();
        counts.awaitCount(counts.out, counts.sent() - 1);
        counts.stopAndLoseTheDisk();
        counts.start();
        counts.send("good");
        counts.awaitCount(counts.out, counts.sent() - 1);
        assertThat(counts.events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                RuntimeEvent.TaskRestored.class,
                                restored ->
                                        assertThat(restored.source()).isEqualTo(RuntimeEvent.RestoreSource.CHANGELOG)));
        assertThat(counts.lastCount()).isEqualTo(counts.sent() - 1);
    }

    @Test
    void shouldNameTheRightThatIsTakenAwayAndGoOnOnceItIsBack() throws Exception {
        counts.start();
        counts.send("good");
        counts.awaitCount(counts.out, 1);
        Map<AclBinding, String> taken = new HashMap<>();
        taken.put(
                right(ResourceType.TRANSACTIONAL_ID, transactions(), WRITE),
                "WRITE on transactional id " + counts.group + ":");
        taken.put(right(ResourceType.TOPIC, counts.out, WRITE), "WRITE on topic " + counts.out);
        if (FULL) {
            taken.put(right(ResourceType.TOPIC, counts.in, READ), "READ on topic " + counts.in);
            taken.put(right(ResourceType.GROUP, counts.group, READ), "READ on group " + counts.group);
            taken.put(right(ResourceType.TOPIC, counts.changelog, WRITE), "WRITE on topic " + counts.changelog);
        }
        for (Map.Entry<AclBinding, String> each : taken.entrySet()) {
            take(each.getKey());
            counts.send("good");

            counts.awaitTold(each.getValue());

            grant(List.of(each.getKey()));
            counts.awaitCount(counts.out, counts.sent());
            counts.awaitUp();
        }
        assertThat(counts.lastCount()).as("nothing lost, nothing twice").isEqualTo(counts.sent());
    }

    /** The record that cannot be given up waits, and nothing else is charged for it. */
    @Test
    void shouldNameTheRightOfTheDeadLetters() throws Exception {
        counts.start();
        counts.send("good");
        counts.awaitCount(counts.out, 1);
        AclBinding right = right(ResourceType.TOPIC, counts.letters, WRITE);
        take(right);
        counts.send("poison");
        counts.send("good");

        counts.awaitTold("WRITE on topic " + counts.letters);

        grant(List.of(right));
        counts.awaitCount(counts.letters, 1);
        counts.awaitCount(counts.out, 2);
        counts.awaitUp();
        assertThat(counts.lastCount()).isEqualTo(2);
    }

    /** Everything goes on without it; what the changelog keeps too much goes once the right is there. */
    @Test
    void shouldGoOnWithoutTheRightToCutTheChangelog() throws Exception {
        AclBinding right = right(ResourceType.TOPIC, counts.changelog, DELETE);
        take(right);
        counts.start();
        for (int i = 0; i < 100; i++) {
            counts.send("good"); // rounds of the base begin after some twenty of them
        }
        counts.awaitCount(counts.out, 100);
        assertThat(counts.isDown()).isFalse();
        assertThat(changelogStart()).isZero();

        grant(List.of(right));
        awaitCut();
        counts.awaitCount(counts.out, counts.sent());
        assertThat(counts.lastCount()).isEqualTo(counts.sent());
    }

    /** The same for rights only a start or a restore needs. */
    @Test
    void shouldNameTheRightThatIsMissingBeforeTheStart() throws Exception {
        AclBinding create = right(ResourceType.TOPIC, counts.changelog, CREATE);
        take(create);
        counts.start();
        counts.awaitTold("CREATE on topic " + counts.changelog);
        grant(List.of(create));
        counts.send("good");
        counts.awaitCount(counts.out, 1);
        counts.stop();
        Map<AclBinding, String> taken = new HashMap<>();
        taken.put(right(ResourceType.TOPIC, counts.changelog, READ), "READ on topic " + counts.changelog);
        if (FULL) {
            taken.put(right(ResourceType.TOPIC, counts.changelog, DESCRIBE_CONFIGS), "DESCRIBE_CONFIGS on topic");
            taken.put(right(ResourceType.TOPIC, counts.in, READ), "on topic " + counts.in);
            taken.put(right(ResourceType.GROUP, counts.group, READ), "READ on group " + counts.group);
            taken.put(
                    right(ResourceType.TRANSACTIONAL_ID, transactions(), WRITE),
                    "WRITE on transactional id " + counts.group + ":");
        }
        for (Map.Entry<AclBinding, String> each : taken.entrySet()) {
            take(each.getKey());
            counts.stopAndLoseTheDisk();
            counts.start();
            counts.send("good");

            counts.awaitTold(each.getValue());

            grant(List.of(each.getKey()));
            counts.awaitCount(counts.out, counts.sent());
            counts.stop();
        }
        assertThat(counts.lastCount()).isEqualTo(counts.sent());
    }

    /** Every client is asked for its credentials again every three seconds, the admin client as well. */
    @Test
    void shouldTakeRotatedCredentials() throws Exception {
        counts.start();
        counts.send("good");
        counts.awaitCount(counts.out, 1);

        password = "second";
        secret();
        TimeUnit.SECONDS.sleep(2 * REAUTHENTICATION_SECONDS + 1); // every connection has been asked again by now

        counts.send("good");
        counts.awaitCount(counts.out, counts.sent());
        counts.awaitUp();
        // and whatever only the admin client knows goes on being known
        counts.stopAndLoseTheDisk();
        counts.start();
        counts.send("good");
        counts.awaitCount(counts.out, counts.sent());
        assertThat(counts.lastCount()).isEqualTo(counts.sent());
    }

    private void awaitCut() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            counts.send("good");
            return changelogStart() > 0;
        });
    }

    private long changelogStart() throws Exception {
        TopicPartition partition = new TopicPartition(counts.changelog, 0);
        return root.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private Map<String, Object> credentials() {
        return Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "SCRAM-SHA-256",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"" + USER + "\" password=\""
                        + password + "\";");
    }

    private void secret() throws Exception {
        root.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                        USER, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), password)))
                .all()
                .get();
    }

    private static void grant(List<AclBinding> rights) throws Exception {
        root.createAcls(rights).all().get();
    }

    private static void take(AclBinding right) throws Exception {
        root.deleteAcls(List.of(right.toFilter())).all().get();
    }

    private static AclBinding right(ResourceType type, String name, AclOperation operation) {
        PatternType pattern = name.endsWith(".") ? PatternType.PREFIXED : PatternType.LITERAL;
        return new AclBinding(
                new ResourcePattern(type, name, pattern),
                new AccessControlEntry("User:" + USER, "*", operation, AclPermissionType.ALLOW));
    }
}
