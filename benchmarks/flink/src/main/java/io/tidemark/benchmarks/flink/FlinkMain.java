package io.tidemark.benchmarks.flink;

import static org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;

import io.tidemark.benchmarks.workload.Job;
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
 */
public final class FlinkMain {

    private FlinkMain() {}

    public static void main(String[] arguments) throws Exception {
        Job job = Job.of(arguments);
        Configuration configuration = configuration(job);
        System.out.println("settings: " + configuration + ", a checkpoint every " + job.commitMillis() + " ms");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(job.threads(), configuration);
        environment.enableCheckpointing(job.commitMillis(), CheckpointingMode.EXACTLY_ONCE);

        Properties consumer = new Properties();
        consumer.putAll(Job.consumerSettings());
        KafkaSource<Tuple2<String, byte[]>> source = KafkaSource.<Tuple2<String, byte[]>>builder()
                .setBootstrapServers(job.servers())
                .setTopics(job.input())
                .setGroupId("flink-" + job.output())
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setProperties(consumer)
                .setDeserializer(new Orders())
                .build();
        Properties producer = new Properties();
        producer.put("transaction.timeout.ms", "600000");
        producer.putAll(Job.producerSettings());
        KafkaSink<Tuple2<String, byte[]>> sink = KafkaSink.<Tuple2<String, byte[]>>builder()
                .setBootstrapServers(job.servers())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix("flink-" + job.output())
                .setKafkaProducerConfig(producer)
                .setRecordSerializer(new Totals(job.output()))
                .build();

        TypeInformation<Tuple2<String, byte[]>> pair = Types.TUPLE(Types.STRING, BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
        environment
                .fromSource(source, WatermarkStrategy.noWatermarks(), "orders", pair)
                .keyBy(order -> order.f0, Types.STRING)
                .process(new Adding(), pair)
                .sinkTo(sink);
        environment.execute("benchmark");
    }

    private static Configuration configuration(Job job) {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
        configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, "file://" + job.directory() + "/checkpoints");
        configuration.setString("io.tmp.dirs", job.directory() + "/tmp");
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(job.nativeMegabytes()));
        configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, job.threads());
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        return configuration;
    }
}
