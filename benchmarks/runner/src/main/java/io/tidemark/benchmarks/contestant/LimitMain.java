package io.tidemark.benchmarks.contestant;

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
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The same loop without state: nothing that commits the same output in transactions can be faster on these clients. Its sums are wrong. */
public final class LimitMain {

    private LimitMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        Job job = Job.of(arguments);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < job.threads(); i++) {
            int number = i;
            Thread thread = new Thread(() -> run(job, number), "limit-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static void run(Job job, int number) {
        Map<String, Object> settings = job.producer();
        settings.put("transactional.id", job.output() + "-" + number);
        System.out.println("settings: " + job.consumer() + ", " + settings);
        try (KafkaConsumer<byte[], Order> consumer =
                        new KafkaConsumer<>(job.consumer(), new ByteArrayDeserializer(), new OrderCodec());
                KafkaProducer<byte[], Total> producer =
                        new KafkaProducer<>(settings, new ByteArraySerializer(), new TotalCodec())) {
            producer.initTransactions();
            consumer.subscribe(List.of(job.input()));
            Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
            long due = 0;
            while (true) {
                ConsumerRecords<byte[], Order> records = consumer.poll(Duration.ofMillis(10));
                if (positions.isEmpty() && !records.isEmpty()) {
                    producer.beginTransaction();
                    due = System.nanoTime() + job.commitMillis() * 1_000_000;
                }
                for (ConsumerRecord<byte[], Order> record : records) {
                    // what fails shows in the commit
                    Future<RecordMetadata> unused = producer.send(
                            new ProducerRecord<>(job.output(), record.key(), Total.after(null, record.value())));
                }
                positions.putAll(records.nextOffsets());
                if (!positions.isEmpty() && System.nanoTime() >= due) {
                    producer.sendOffsetsToTransaction(positions, consumer.groupMetadata());
                    producer.commitTransaction();
                    positions.clear();
                }
            }
        }
    }
}
