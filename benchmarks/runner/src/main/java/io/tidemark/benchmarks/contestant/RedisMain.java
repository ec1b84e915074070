package io.tidemark.benchmarks.contestant;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.tidemark.benchmarks.workload.Job;
import io.tidemark.benchmarks.workload.Order;
import io.tidemark.benchmarks.workload.OrderCodec;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.TotalCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What a careful team writes by hand: one MGET and one MSET for each poll, output flushed before offsets are committed. A process that dies
 * between MSET and the offsets counts twice.
 */
public final class RedisMain {

    private static final Total NONE = new Total(0, 0, 0, 0);

    private RedisMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Job job = Job.of(arguments);
        System.out.println("settings: " + job.consumer() + ", " + job.producer());
        RedisClient client = RedisClient.create("redis://127.0.0.1:" + job.redisPort());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < job.threads(); i++) {
            StatefulRedisConnection<String, byte[]> connection =
                    client.connect(RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE));
            Thread thread = new Thread(() -> run(job, connection), "redis-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void run(Job job, StatefulRedisConnection<String, byte[]> redis) {
        TotalCodec totals = new TotalCodec();
        try (KafkaConsumer<String, Order> consumer =
                        new KafkaConsumer<>(job.consumer(), new StringDeserializer(), new OrderCodec());
                KafkaProducer<String, Total> producer =
                        new KafkaProducer<>(job.producer(), new StringSerializer(), totals)) {
            consumer.subscribe(List.of(job.input()));
            long due = System.nanoTime();
            boolean open = false;
            while (true) {
                ConsumerRecords<String, Order> records = consumer.poll(Duration.ofMillis(10));
                if (!records.isEmpty()) {
                    process(job, redis, totals, producer, records);
                    open = true;
                }
                if (open && System.nanoTime() >= due) {
                    producer.flush();
                    consumer.commitSync();
                    open = false;
                    due = System.nanoTime() + job.commitMillis() * 1_000_000;
                }
            }
        }
    }

    private static void sent(RecordMetadata metadata, @Nullable Exception failure) {
        if (failure != null) {
            System.out.println("failed: " + failure);
            Runtime.getRuntime().halt(1);
        }
    }

    private static void process(
            Job job,
            StatefulRedisConnection<String, byte[]> redis,
            TotalCodec totals,
            KafkaProducer<String, Total> producer,
            ConsumerRecords<String, Order> records) {
        Map<String, Total> state = new HashMap<>();
        for (ConsumerRecord<String, Order> record : records) {
            state.put(record.key(), NONE);
        }
        for (KeyValue<String, byte[]> stored : redis.sync().mget(state.keySet().toArray(String[]::new))) {
            if (stored.hasValue()) {
                state.put(stored.getKey(), totals.deserialize("", stored.getValue()));
            }
        }
        for (ConsumerRecord<String, Order> record : records) {
            Total before = state.get(record.key());
            Total now = Total.after(before.count() == 0 ? null : before, record.value());
            state.put(record.key(), now);
            Future<RecordMetadata> unused =
                    producer.send(new ProducerRecord<>(job.output(), record.key(), now), RedisMain::sent);
        }
        Map<String, byte[]> changed = new HashMap<>();
        state.forEach((key, total) -> changed.put(key, totals.serialize("", total)));
        redis.sync().mset(changed);
    }
}
