package io.tidemark.benchmarks.flink;

import static org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;

import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * RocksDB with incremental checkpoints, exactly-once sink, object reuse. Checkpoints are as often as asked; each costs a flush of RocksDB.
 * Arguments: bootstrap servers, input, output, parallelism, checkpoint interval in milliseconds, directory, native memory in MB.
 */
public final class FlinkMain {

    private FlinkMain() {}

    public static void main(String[] arguments) throws Exception {
        String servers = arguments[0];
        String input = arguments[1];
        String output = arguments[2];
        int parallelism = Integer.parseInt(arguments[3]);
        long interval = Long.parseLong(arguments[4]);
        String directory = arguments[5];
        long nativeMegabytes = Long.parseLong(arguments[6]);

        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(
                parallelism, configuration(directory, nativeMegabytes, parallelism));
        environment.enableCheckpointing(interval, CheckpointingMode.EXACTLY_ONCE);

        KafkaSource<Tuple2<String, byte[]>> source = KafkaSource.<Tuple2<String, byte[]>>builder()
                .setBootstrapServers(servers)
                .setTopics(input)
                .setGroupId("flink-" + output)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setProperty("isolation.level", "read_committed")
                .setProperty("max.poll.records", "5000")
                .setDeserializer(new Orders())
                .build();
        Properties producer = new Properties();
        producer.put("transaction.timeout.ms", "600000");
        producer.put("linger.ms", "5");
        producer.put("batch.size", "131072");
        KafkaSink<Tuple2<String, byte[]>> sink = KafkaSink.<Tuple2<String, byte[]>>builder()
                .setBootstrapServers(servers)
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix("flink-" + output)
                .setKafkaProducerConfig(producer)
                .setRecordSerializer(new Totals(output))
                .build();

        TypeInformation<Tuple2<String, byte[]>> pair = Types.TUPLE(Types.STRING, BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "orders", pair)
                .keyBy(order -> order.f0, Types.STRING)
                .process(new Adding(), pair)
                .sinkTo(sink);
        environment.execute("benchmark");
    }

    private static Configuration configuration(String directory, long nativeMegabytes, int parallelism) {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, "file://" + directory + "/checkpoints");
        configuration.setString("io.tmp.dirs", directory + "/tmp");
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(nativeMegabytes));
        configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        return configuration;
    }
}
