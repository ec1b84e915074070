package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The broker dies, forgets, or ends transactions under a frozen application. */
class BrokerFaultsIT {

    private static final boolean FULL =
            System.getProperty("chaos.matrix", "half").equals("full");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** C1. */
    @Test
    void shouldGoOnAfterTheBrokerWasKilled() throws Exception {
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
