package io.tidemark.benchmarks.micro;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.ValueState;
import io.tidemark.boot.KafkaRecordFormat;
import io.tidemark.boot.ProcessorBean;
import io.tidemark.boot.ProcessorDefinitionReader;
import io.tidemark.boot.StateCodecSource;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.KeyedState;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.RecordHeader;
import io.tidemark.stream.TaskId;
import io.tidemark.task.KeyedTask;
import io.tidemark.task.TaskStep;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.messaging.handler.annotation.SendTo;
import tools.jackson.databind.json.JsonMapper;

/** A record through a task and the handler of an annotated bean, which says with bytes how often it saw the key. */
@org.openjdk.jmh.annotations.State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StepBenchmark {

    private static final int KEYS = 1_000;
    private static final byte[] NOTHING = new byte[0];

    /** The author's class. */
    @KeyedProcessor(id = "counts", topics = "in")
    public static class Counts {

        @OnRecord
        @SendTo("out")
        public byte[] on(byte[] payload, @Key String key, @State("count") ValueState<Long> count) {
            count.set(count.getOr(0L) + 1);
            return NOTHING;
        }
    }

    private final byte[][] keys = new byte[KEYS][];
    private final SplittableRandom random = new SplittableRandom(1);
    private final Moving record = new Moving();
    private KeyedTask task;

    @Setup
    public void prepare() {
        for (int i = 0; i < KEYS; i++) {
            keys[i] = ("customer-" + i).getBytes(StandardCharsets.US_ASCII);
        }
        ProcessorDefinition definition = new ProcessorDefinitionReader(
                        id -> () -> new KafkaRecordFormat(
                                new DefaultKafkaConsumerFactory<>(Map.of()),
                                new DefaultKafkaProducerFactory<>(Map.of()),
                                JsonMapper.shared()),
                        text -> text,
                        id -> Set.of(),
                        StateCodecSource.builtIn())
                .read(List.of(new ProcessorBean("counts", new Counts(), Counts.class, true)))
                .get(0);
        task = new KeyedTask(
                definition,
                new TaskId("counts", 0),
                new KeyedState(new InMemoryStateStore(), definition.states(), Long.MAX_VALUE),
                1 << 20,
                topic -> true);
    }

    @Benchmark
    public TaskStep process() {
        record.key = keys[random.nextInt(KEYS)];
        return task.process(record);
    }

    /** A view that moves, as the consumer's is. */
    private static final class Moving implements InputRecord {

        private byte[] key = NOTHING;

        @Override
        public String topic() {
            return "in";
        }

        @Override
        public int partition() {
            return 0;
        }

        @Override
        public long offset() {
            return 0;
        }

        @Override
        public int leaderEpoch() {
            return 0;
        }

        @Override
        public long timestamp() {
            return 0;
        }

        @Override
        public byte[] key() {
            return key;
        }

        @Override
        public byte[] value() {
            return NOTHING;
        }

        @Override
        public byte[] header(String name) {
            return null;
        }

        @Override
        public List<RecordHeader> headers() {
            return List.of();
        }
    }
}
