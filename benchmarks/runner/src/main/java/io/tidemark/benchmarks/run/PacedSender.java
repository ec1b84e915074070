package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.workload.Order;
import io.tidemark.benchmarks.workload.OrderCodec;
import io.tidemark.benchmarks.workload.Workload;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sends a workload evenly, so many records each second, each with the microsecond it was due: a sender that is late does not hide it. */
final class PacedSender implements AutoCloseable {

    private static final long MOST = Long.MAX_VALUE / 2;

    private final Thread thread;
    private volatile boolean over;
    private volatile @Nullable Exception failure;

    PacedSender(String servers, String topic, Workload workload, int perSecond) {
        this(servers, topic, workload, 0, perSecond);
    }

    /**
     * @param from records of the workload that the topic has already
     */
    PacedSender(String servers, String topic, Workload workload, long from, int perSecond) {
        Workload.Stream records = workload.records(MOST);
        for (long there = 0; there < from; there++) {
            records.advance();
        }
        thread = new Thread(() -> run(servers, topic, records, perSecond), "paced-sender");
        thread.start();
    }

    /** The clock of {@link Order#time()} in paced workloads. */
    static long micros() {
        return System.nanoTime() / 1_000;
    }

    private void run(String servers, String topic, Workload.Stream records, int perSecond) {
        try (KafkaProducer<byte[], Order> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers, "linger.ms", 1, "batch.size", 65_536),
                new ByteArraySerializer(),
                new OrderCodec())) {
            long start = System.nanoTime();
            for (long sent = 0; !over; sent++) {
                long due = start + (long) (sent * 1e9 / perSecond);
                long early = due - System.nanoTime();
                if (early > 200_000) {
                    TimeUnit.NANOSECONDS.sleep(early);
                }
                records.advance();
                Future<RecordMetadata> unused = producer.send(
                        new ProducerRecord<>(topic, Workload.key(records.key()), records.order(due / 1_000)),
                        (metadata, e) -> failure = e == null ? failure : e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void requireWell() {
        if (failure != null) {
            throw new IllegalStateException("The input could not be sent", failure);
        }
    }

    @Override
    public void close() {
        over = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
