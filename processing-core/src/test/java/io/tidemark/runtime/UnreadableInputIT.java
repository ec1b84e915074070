package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent.WorkerRestarting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An input that cannot be read stops its own task, and what waits there is counted. */
class UnreadableInputIT extends RuntimeFixture {

    private final String in = TestCluster.createTopic("in", 2);
    private final String out = TestCluster.createTopic("out", 2);

    /** M2: what cannot be read in one partition stopped all tasks of the worker, and followed the partition about. */
    @Test
    void shouldRefuseOnlyTheTaskWhoseInputCannotBeRead() throws IOException {
        for (int i = 0; i < 200; i++) {
            TestCluster.send(in, keyOf(i % 2), Integer.toString(i));
        }
        Path log = brokerFile(in + "-0");
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2] ^= 0x11; // in the middle of the records of a batch
        Files.write(log, bytes);
        settings = settings.withConcurrency(1);

        ProcessingRuntime runtime = start(directory, counting("damaged", in, out, record -> false));

        TaskStatus refused = awaitPhase(runtime, "damaged", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message())
                .contains("the next records of " + in + "-0 cannot be read")
                .contains("replica");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> TestCluster.committed(out).stream()
                                .filter(record -> record.key().equals(keyOf(1)))
                                .count()
                        == 100);
        assertThat(runtime.status("damaged").orElseThrow().state()).isEqualTo(ProcessorStatus.State.RUNNING);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> tasks(runtime, "damaged").get(0).lag() > 0);
        assertThat(runtime.status("damaged").orElseThrow().lag()).isPositive();
        assertThat(events).noneMatch(WorkerRestarting.class::isInstance);
        assertThat(events)
                .filteredOn(RuntimeEvent.TaskRefused.class::isInstance)
                .as("told once, however often it is tried again")
                .hasSize(1);
    }

    private static Path brokerFile(String partition) throws IOException {
        // of this partition only: files of others come and go while a walk looks at them
        try (Stream<Path> all = Files.list(TestCluster.logDirectory().resolve(partition))) {
            return all.filter(path -> path.getFileName().toString().endsWith(".log"))
                    .max(Comparator.comparing(path -> path.toFile().length()))
                    .orElseThrow();
        }
    }
}
