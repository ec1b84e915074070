package io.tidemark.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** C20: a cluster whose transactions are those of before version 2, as it is until somebody upgrades its features. */
class FormerClusterIT {

    @Test
    void shouldBeRightAfterKillsOnAClusterWithFormerTransactions() throws Exception {
        assumeTrue(System.getProperty("chaos.matrix", "half").equals("full"), "with -Pchaos");
        try (BrokerProcess broker = BrokerProcess.ofRelease("3.9", Brokers.directory("former"));
                Field field = new Field(broker, "former").withFoldInterval(Duration.ofSeconds(1))) {
            AppProcess one = field.start("one");
            one.jvm()
                    .awaitLine(
                            0,
                            "The cluster's transaction.version is 0: its transactions do not tell a late request",
                            Duration.ofSeconds(60));
            field.start("two");
            field.awaitProgress();
            for (int kill = 0; kill < 3; kill++) {
                String victim = kill % 2 == 0 ? "one" : "two";
                TimeUnit.MILLISECONDS.sleep(300 * kill);
                field.instance(victim).kill();
                if (kill == 1) {
                    field.loseDisk(victim);
                }
                field.start(victim);
                field.awaitProgress();
            }
            field.finish();
        }
    }
}
