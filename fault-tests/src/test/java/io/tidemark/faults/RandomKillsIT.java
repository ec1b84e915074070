package io.tidemark.faults;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Instances are killed at any moment, alone or both, their disks kept or lost. {@code -Dchaos.kills} says how often, {@code -Dchaos.seed}
 * which ones.
 */
class RandomKillsIT {

    private static final int KILLS = Integer.getInteger("chaos.kills", 5);
    private static final long SEED = Long.getLong("chaos.seed", 1);

    @Test
    void shouldBeRightAfterRandomKills() throws Exception {
        Random random = new Random(SEED);
        System.out.printf("%d kills with -Dchaos.seed=%d%n", KILLS, SEED);
        try (Field field = new Field(Brokers.shared(), "kills").withPoison().withFoldInterval(Duration.ofSeconds(3))) {
            field.start("one");
            field.start("two");
            field.awaitProgress();
            for (int kill = 1; kill <= KILLS; kill++) {
                String victim = random.nextBoolean() ? "one" : "two";
                boolean both = random.nextInt(4) == 0;
                boolean lost = random.nextInt(3) == 0;
                TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
                field.instance(victim).kill();
                if (lost) {
                    field.loseDisk(victim);
                }
                if (both) {
                    String other = victim.equals("one") ? "two" : "one";
                    field.instance(other).kill();
                    field.start(other);
                }
                TimeUnit.MILLISECONDS.sleep(random.nextInt(5_000));
                field.start(victim);
                field.awaitProgress();
            }
            field.awaitTrimmedChangelogs();
            field.finish();
        }
    }
}
