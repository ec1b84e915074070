package io.tidemark.kafka;

import io.tidemark.checkpoint.TransactionalLog;
import io.tidemark.error.CommitAborted;
import io.tidemark.error.OutcomeUnknown;
import io.tidemark.kafka.KafkaRecordSource.KafkaGroupToken;
import io.tidemark.stream.GroupToken;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.RecordHeader;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.jspecify.annotations.Nullable;

/**
 * One transaction at a time on a real producer. The producer is made raw with exactly our transactional id and really closed: a pooled
 * one would carry another id and come back from the pool in an unknown state.
 *
 * <p>Errors are sorted with a short list of what is certainly an abort; everything else counts as unknown, which costs a new producer
 * and never correctness.
 */
public final class KafkaTransactionalLog implements TransactionalLog {

    private final WorkerClients clients;
    private final WorkerIdentity identity;
    private final Callback onSent = (metadata, error) -> sent(error);
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean open;
    private volatile @Nullable Exception asyncFailure;

    public KafkaTransactionalLog(WorkerClients clients, WorkerIdentity identity) {
        this.clients = clients;
        this.identity = identity;
    }

    @Override
    public String transactionalId() {
        return identity.transactionalId();
    }

    @Override
    public int maxRecordBytes() {
        return clients.maxRequestBytes();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void send(OutputRecord output) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(output.topic(), null, output.timestamp(), output.key(), output.value());
        List<RecordHeader> headers = output.headers();
        for (int i = 0; i < headers.size(); i++) {
            record.headers().add(headers.get(i).name(), headers.get(i).value());
        }
        begin();
        try {
            // Its failure comes through the callback; a future per record would only be garbage to look at.
            Future<RecordMetadata> unused = producer().send(record, onSent);
        } catch (RuntimeException e) {
            throw sorted("An output to " + output.topic() + " could not be sent", e);
        }
        throwAsyncFailure();
    }

    @Override
    public Append append(int partition, List<byte[]> chunks) {
        begin();
        try {
            Future<RecordMetadata> first = send(partition, chunks.get(0));
            Future<RecordMetadata> last = first;
            for (int i = 1; i < chunks.size(); i++) {
                last = send(partition, chunks.get(i));
            }
            return new Appended(first, last);
        } catch (RuntimeException e) {
            throw sorted("A delta could not be appended to " + identity.changelogTopic() + "-" + partition, e);
        }
    }

    private Future<RecordMetadata> send(int partition, byte[] chunk) {
        return producer().send(new ProducerRecord<>(identity.changelogTopic(), partition, null, chunk), onSent);
    }

    @Override
    public void flush() {
        try {
            producer().flush();
        } catch (RuntimeException e) {
            throw sorted("The producer could not be flushed", e);
        }
        throwAsyncFailure();
    }

    @Override
    public void sendOffsets(Map<InputPartition, OffsetWithPointer> offsets, GroupToken group) {
        if (!(group instanceof KafkaGroupToken token)) {
            throw new IllegalArgumentException("Not a token of this cluster: " + group);
        }
        Map<TopicPartition, OffsetAndMetadata> named = new HashMap<>();
        offsets.forEach((partition, offset) -> named.put(
                new TopicPartition(partition.topic(), partition.partition()),
                KafkaRecordSource.offsetAndMetadata(offset.position(), offset.pointer())));
        try {
            producer().sendOffsetsToTransaction(named, token.metadata());
        } catch (CommitFailedException | TransactionAbortableException e) {
            throw new CommitAborted("The group does not take the offsets: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new OutcomeUnknown("The offsets may or may not be in the transaction: " + e.getMessage(), e);
        }
    }

    @Override
    public void commit() {
        try {
            producer().commitTransaction();
            open = false;
        } catch (RuntimeException e) {
            throw new OutcomeUnknown("The transaction may or may not be committed: " + e.getMessage(), e);
        }
    }

    @Override
    public void abort() {
        if (!open) {
            asyncFailure = null;
            return;
        }
        try {
            producer().abortTransaction();
            open = false;
            asyncFailure = null;
        } catch (RuntimeException e) {
            throw new OutcomeUnknown("The transaction could not be aborted: " + e.getMessage(), e);
        }
    }

    @Override
    public void replace() {
        close(Duration.ZERO);
        try {
            Producer<byte[], byte[]> fresh = clients.producer();
            producer = fresh;
            fresh.initTransactions();
            asyncFailure = null;
        } catch (RuntimeException e) {
            close(Duration.ZERO);
            throw new OutcomeUnknown(
                    "Transactions of " + identity.transactionalId() + " could not be initialized: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public void close(Duration timeout) {
        Producer<byte[], byte[]> old = producer;
        producer = null;
        open = false;
        if (old != null) {
            old.close(timeout);
        }
    }

    private void begin() {
        throwAsyncFailure();
        if (!open) {
            try {
                producer().beginTransaction();
                open = true;
            } catch (RuntimeException e) {
                throw new OutcomeUnknown("No transaction could be begun: " + e.getMessage(), e);
            }
        }
    }

    private void sent(@Nullable Exception error) {
        if (error != null && asyncFailure == null) {
            asyncFailure = error;
        }
    }

    private void throwAsyncFailure() {
        Exception failure = asyncFailure;
        if (failure != null) {
            throw sorted("A record could not be sent", failure);
        }
    }

    private static RuntimeException sorted(String what, Exception e) {
        String message = what + ": " + e.getMessage();
        boolean certainlyAborts = e instanceof RetriableException
                || e instanceof RecordTooLargeException
                || e instanceof TransactionAbortableException;
        return certainlyAborts ? new CommitAborted(message, e) : new OutcomeUnknown(message, e);
    }

    private Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> current = producer;
        if (current == null) {
            throw new OutcomeUnknown("There is no producer", null);
        }
        return current;
    }

    private record Appended(Future<RecordMetadata> first, Future<RecordMetadata> last) implements Append {

        @Override
        public long firstOffset() {
            return offset(first);
        }

        @Override
        public long lastOffset() {
            return offset(last);
        }

        private static long offset(Future<RecordMetadata> sent) {
            try {
                RecordMetadata metadata = sent.get();
                if (!metadata.hasOffset()) {
                    throw new CommitAborted(
                            "The broker did not tell the offset of a delta (a retry it had seen before)", null);
                }
                return metadata.offset();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OutcomeUnknown("Interrupted", e);
            } catch (ExecutionException e) {
                throw sorted("A delta could not be appended", e);
            }
        }
    }
}
