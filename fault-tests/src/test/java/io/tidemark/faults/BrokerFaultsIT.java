package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The broker dies, forgets, or ends transactions under a frozen application. */
class BrokerFaultsIT {

    private static final boolean FULL =
            System.getProperty("chaos.matrix", "half").equals("full");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** C1, C14: it goes on where nothing is lost, and refuses where something is. */
    @Test
    void shouldGoOnAfterTheBrokerWasKilledAndRefuseWhatLostItsEnd() throws Exception {
        try (BrokerProcess broker = new BrokerProcess(Brokers.directory("killed-broker"), Map.of());
                Field field = new Field(broker, "broker-kill")) {
            AppProcess app = field.start("one");
            field.awaitProgress();
            for (int kill = 0; kill < (FULL ? 4 : 1); kill++) {
                broker.kill();
                TimeUnit.SECONDS.sleep(kill * 5L);
                broker.start();
                field.awaitProgress();
            }
            assertThat(app.jvm().isAlive()).isTrue();
            field.finish();
            loseEnd(broker);
        }
    }

    /** C16: the broker has forgotten the transactional ids of an application that had nothing to do. */
    @Test
    void shouldGoOnAfterItsTransactionalIdsExpired() throws Exception {
        Map<String, String> forgetful = Map.of(
                "transactional.id.expiration.ms", "3000",
                "transaction.remove.expired.transaction.cleanup.interval.ms", "500",
                "producer.id.expiration.ms", "3000",
                "producer.id.expiration.check.interval.ms", "500");
        try (BrokerProcess broker = new BrokerProcess(Brokers.directory("forgetful-broker"), forgetful);
                Field field = new Field(broker, "expiry")) {
            AppProcess app = field.start("one");
            field.awaitProgress();
            field.feed().pause();
            field.awaitNoTransactionalIds();
            int mark = app.jvm().mark();
            field.feed().resume();
            field.awaitProgress();
            assertThat(app.jvm().awaitLine(mark, "The producer was replaced", PATIENCE))
                    .contains("processor=ledger");
            field.finish();
        }
    }

    /** C14: after a crash of the broker an input ends before what was committed, and then grows past it with other records. */
    private static void loseEnd(BrokerProcess broker) throws Exception {
        try (Field field = new Field(broker, "lost-end", 2)) {
            AppProcess app = field.start("one");
            field.awaitProgress();
            field.feed().pause();
            long end = field.endOf(field.in(), 0);
            TopicPartition lost = new TopicPartition(field.in(), 0);
            await().atMost(PATIENCE).until(() -> field.committed().get(lost).offset() >= end);
            int mark = app.jvm().mark();
            broker.kill();
            broker.loseEnd(field.in(), 0);
            broker.start();

            assertThat(field.endOf(field.in(), 0)).isLessThan(end);
            assertThat(app.jvm().awaitLine(mark, " is refused", PATIENCE))
                    .contains("task=0")
                    .contains(field.in());
            field.feed().resume();
            await().atMost(PATIENCE).until(() -> field.endOf(field.in(), 0) > end);
            mark = app.jvm().mark();
            app.jvm().awaitLine(mark, "task=0 Ready", PATIENCE); // to look whether somebody has repaired it
            TimeUnit.SECONDS.sleep(3);
            assertThat(field.committed().get(lost).offset())
                    .as("nothing of the new records")
                    .isEqualTo(end);
        }
    }

    /** C10: the offsets of an application that was away for too long expire. */
    @Test
    void shouldRefuseWhenItsOffsetsExpired() throws Exception {
        assumeTrue(FULL, "the shortest retention is a minute");
        Map<String, String> forgetful =
                Map.of("offsets.retention.minutes", "1", "offsets.retention.check.interval.ms", "1000");
        try (BrokerProcess broker = new BrokerProcess(Brokers.directory("expiring-broker"), forgetful);
                Field field = new Field(broker, "expired")) {
            field.with("tidemark.shutdown.leave-group", "true");
            AppProcess app = field.start("one");
            field.awaitProgress();
            app.stop();
            await().atMost(Duration.ofMinutes(4))
                    .pollInterval(Duration.ofSeconds(2))
                    .until(() -> field.committed().isEmpty());

            app = field.start("one");

            assertThat(app.jvm().awaitLine(0, " is refused", PATIENCE)).contains("expired or were deleted");
        }
    }

    /** C5: the broker ends the transaction of a worker that is frozen, while its membership lasts. */
    @Test
    void shouldGoOnAfterItsTransactionTimedOut() throws Exception {
        try (Field field = new Field(Brokers.shared(), "timeout")) {
            field.with("tidemark.group.session-timeout", "30s").with("tidemark.checkpoint.transaction-timeout", "2s");
            AppProcess app = field.start("one");
            field.awaitProgress();
            for (Failpoint step : FULL
                    ? List.of(Failpoint.DELTAS_DURABLE, Failpoint.OFFSETS_SENT)
                    : List.of(Failpoint.OFFSETS_SENT)) {
                app.stopAt(step);
                app.jvm().freeze();
                TimeUnit.SECONDS.sleep(4);
                app.jvm().thaw();
                int mark = app.jvm().mark();
                app.resume();
                assertThat(app.jvm().awaitLine(mark, "The producer was replaced", PATIENCE))
                        .contains("The committed pointers decide where each task goes on");
                field.awaitProgress();
            }
            assertThat(app.jvm().output()).doesNotContain("starts anew");
            field.finish();
        }
    }
}
