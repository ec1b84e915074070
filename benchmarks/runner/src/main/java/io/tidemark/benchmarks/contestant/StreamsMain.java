package io.tidemark.benchmarks.contestant;

import io.tidemark.benchmarks.workload.Job;
import io.tidemark.benchmarks.workload.Order;
import io.tidemark.benchmarks.workload.OrderCodec;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.TotalCodec;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.apache.kafka.streams.state.Stores;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Kafka Streams, exactly-once v2, RocksDB with bounded memory as its documentation advises, a cached store with a changelog. The processor
 * API, because an aggregation of its DSL sends fewer totals than there are orders.
 */
public final class StreamsMain {

    private static final String STORE = "totals";

    private StreamsMain() {}

    public static void main(String[] arguments) {
        Job job = Job.of(arguments);
        BoundedMemory.bound(job.nativeMegabytes() << 20);
        StreamsBuilder builder = new StreamsBuilder();
        Serde<Total> totals = Serdes.serdeFrom(new TotalCodec(), new TotalCodec());
        builder.addStateStore(Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.Bytes(), totals)
                .withCachingEnabled()
                .withLoggingEnabled(Map.of()));
        builder.stream(job.input(), Consumed.with(Serdes.Bytes(), Serdes.serdeFrom(new OrderCodec(), new OrderCodec())))
                .process(Adding::new, STORE)
                .to(job.output(), Produced.with(Serdes.Bytes(), totals));
        Properties settings = settings(job);
        System.out.println("settings: " + settings);
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        streams.setUncaughtExceptionHandler(failure -> {
            System.out.println("failed: " + failure);
            return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse
                    .SHUTDOWN_APPLICATION;
        });
        streams.start();
    }

    private static Properties settings(Job job) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, job.output());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, job.servers());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, job.commitMillis());
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, job.threads());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, job.directory().toString());
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 256L << 20);
        settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 5_000);
        settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedMemory.class);
        settings.put("metrics.recording.level", "INFO");
        settings.put(StreamsConfig.consumerPrefix("group.instance.id"), job.output());
        settings.put(StreamsConfig.consumerPrefix("session.timeout.ms"), 15_000);
        Job.consumerSettings().forEach((name, value) -> settings.put(StreamsConfig.consumerPrefix(name), value));
        Job.producerSettings().forEach((name, value) -> settings.put(StreamsConfig.producerPrefix(name), value));
        return settings;
    }

    /** The aggregate. */
    private static final class Adding implements Processor<Bytes, Order, Bytes, Total> {

        private ProcessorContext<Bytes, Total> context;
        private KeyValueStore<Bytes, Total> store;

        @Override
        public void init(ProcessorContext<Bytes, Total> context) {
            this.context = context;
            this.store = context.getStateStore(STORE);
        }

        @Override
        public void process(Record<Bytes, Order> record) {
            Total now = Total.after(store.get(record.key()), record.value());
            store.put(record.key(), now);
            context.forward(record.withValue(now));
        }
    }

    /** One cache and one write buffer manager for all stores of the process. */
    public static final class BoundedMemory implements RocksDBConfigSetter {

        private static volatile Cache cache;
        private static volatile WriteBufferManager buffers;

        static void bound(long bytes) {
            org.rocksdb.RocksDB.loadLibrary();
            cache = new LRUCache(bytes, -1, false, 0.1);
            buffers = new WriteBufferManager(bytes / 2, cache);
        }

        @Override
        public void setConfig(String storeName, Options options, Map<String, Object> configs) {
            BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
            table.setBlockCache(cache);
            table.setCacheIndexAndFilterBlocks(true);
            table.setCacheIndexAndFilterBlocksWithHighPriority(true);
            table.setPinTopLevelIndexAndFilter(true);
            table.setFilterPolicy(new BloomFilter(10));
            options.setWriteBufferManager(buffers);
            options.setTableFormatConfig(table);
        }

        @Override
        public void close(String storeName, Options options) {
            // Cache and buffers are the process's.
        }
    }
}
