package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.kafka.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** F1: segments that are not what they should be. A task that cannot be restored is refused, never started from something else. */
class ChangelogFaultIT extends RuntimeFixture {

    private final String in = TestCluster.createTopic("in", 2);
    private final String out = TestCluster.createTopic("out", 2);
    private final ProcessorDefinition counts = counting("log", in, out, record -> false);

    /** What somebody writes into a changelog partition, made of a real segment of it, or of another task's. */
    private enum Intruder {
        TRUNCATED {
            @Override
            byte[] from(byte[] own, byte[] foreign) {
                return Arrays.copyOf(own, own.length / 2);
            }
        },
        BIT_FLIPPED {
            @Override
            byte[] from(byte[] own, byte[] foreign) {
                byte[] bytes = own.clone();
                bytes[bytes.length / 2] ^= 1;
                return bytes;
            }
        },
        EMPTY {
            @Override
            byte[] from(byte[] own, byte[] foreign) {
                return new byte[0];
            }
        },
        REPEATED {
            @Override
            byte[] from(byte[] own, byte[] foreign) {
                return own;
            }
        },
        OF_ANOTHER_TASK {
            @Override
            byte[] from(byte[] own, byte[] foreign) {
                return foreign;
            }
        };

        abstract byte[] from(byte[] own, byte[] foreign);
    }

    @ParameterizedTest
    @EnumSource(Intruder.class)
    void shouldRefuseATaskWhoseChangelogHoldsSomethingElse(Intruder intruder) throws IOException {
        // given two tasks, and a foreign record in the changelog of one, between two of its checkpoints
        count(60);
        String changelog = application + ".log.changelog";
        List<ConsumerRecord<byte[], byte[]>> segments = TestCluster.committedBytes(changelog);
        byte[] own = last(segments, 0);
        byte[] foreign = last(segments, 1);
        try (Producer<byte[], byte[]> producer = TestCluster.clients().producer(Map.of())) {
            producer.send(new ProducerRecord<>(changelog, 0, null, intruder.from(own, foreign)));
        }
        count(60);
        Path backup = directory.resolveSibling(directory.getFileName() + "-backup");
        Files.move(directory.resolve(application), backup);
        // when both are to be restored from the log
        ProcessingRuntime runtime = start(directory, counts);
        TaskStatus refused = awaitPhase(runtime, "log", 0, TaskStatus.Phase.REFUSED);
        awaitPhase(runtime, "log", 1, TaskStatus.Phase.RUNNING);
        assertThat(refused.message())
                .contains("Task log/0 is refused: checkpoint ")
                .contains("cannot be restored from the changelog")
                .contains("An instance whose state directory still holds the checkpoint can go on");
        runtime.stop();
        // the way back: a disk that still has the checkpoint
        delete(directory.resolve(application));
        Files.move(backup, directory.resolve(application));
        ProcessingRuntime back = start(directory, counts);
        awaitPhase(back, "log", 0, TaskStatus.Phase.RUNNING);
        TestCluster.send(in, 60, 10);
        awaitOutputs(out, 180);
        assertCountedOnce(out);
    }

    /** The broker's own files are damaged: its consumer cannot even hand the records out. */
    @Test
    void shouldRefuseATaskWhoseRecordsTheBrokerCannotRead() throws IOException {
        for (int round = 0; round < 3; round++) {
            count(60);
        }
        String changelog = application + ".log.changelog";
        Path log = brokerFile(changelog + "-0");
        byte[] bytes = Files.readAllBytes(log);
        // in the middle of the records of the first batches, behind their headers
        bytes[bytes.length / 3] ^= 0x11;
        Files.write(log, bytes);
        delete(directory.resolve(application));
        ProcessingRuntime runtime = start(directory, counts);
        TaskStatus refused = awaitPhase(runtime, "log", 0, TaskStatus.Phase.REFUSED);
        assertThat(refused.message()).contains("cannot be restored from the changelog");
        awaitPhase(runtime, "log", 1, TaskStatus.Phase.RUNNING);
        assertThat(runtime.status("log").orElseThrow().state()).isEqualTo(ProcessorStatus.State.RUNNING);
    }

    private static Path brokerFile(String partition) throws IOException {
        try (Stream<Path> all = Files.list(TestCluster.logDirectory().resolve(partition))) {
            return all.filter(path -> path.getFileName().toString().endsWith(".log"))
                    .max(Comparator.comparing(path -> path.toFile().length()))
                    .orElseThrow();
        }
    }

    private void count(int records) {
        ProcessingRuntime runtime = start(directory, counts);
        int before = TestCluster.committed(out).size();
        TestCluster.send(in, records, 10);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(out).size() == before + records);
        runtime.stop();
    }

    private static byte[] last(List<ConsumerRecord<byte[], byte[]>> segments, int partition) {
        byte[] last = null;
        for (ConsumerRecord<byte[], byte[]> segment : segments) {
            if (segment.partition() == partition) {
                last = segment.value();
            }
        }
        return last;
    }
}
