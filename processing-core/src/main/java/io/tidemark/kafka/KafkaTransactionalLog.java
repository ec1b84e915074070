package io.tidemark.kafka;

import io.tidemark.checkpoint.TransactionalLog;
import io.tidemark.error.CommitAborted;
import io.tidemark.error.OutcomeUnknown;
import io.tidemark.error.OutputRefused;
import io.tidemark.kafka.KafkaRecordSource.KafkaGroupToken;
import io.tidemark.kafka.ProducerFailures.Asked;
import io.tidemark.kafka.ProducerFailures.Outcome;
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
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One transaction at a time on a real producer. The producer is made raw with exactly our transactional id and really closed: a pooled
 * one would carry another id and come back from the pool in an unknown state.
 *
 * <p>What a failure means says {@link ProducerFailures}.
 */
public final class KafkaTransactionalLog implements TransactionalLog {

    private final WorkerClients clients;
    private final WorkerIdentity identity;
    private final Callback onOutputSent = (metadata, error) -> sent(error, Asked.SEND_OUTPUT);
    private final Callback onDeltaSent = (metadata, error) -> sent(error, Asked.SEND_DELTA);
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean open;
    private boolean useless;
    private long openedAt;
    private volatile @Nullable Failure asyncFailure;

    /** What came back for a record. */
    private record Failure(Exception cause, Asked asked) {}

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
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                output.topic(),
                null,
                output.timestamp() == OutputRecord.NOW ? null : output.timestamp(),
                output.key(),
                output.value());
        List<RecordHeader> headers = output.headers();
        for (int i = 0; i < headers.size(); i++) {
            record.headers().add(headers.get(i).name(), headers.get(i).value());
        }
        begin();
        try {
            // Its failure comes through the callback; a future per record would only be garbage to look at.
            Future<RecordMetadata> unused = producer().send(record, onOutputSent);
        } catch (RuntimeException e) {
            throw sorted("An output to " + output.topic() + " could not be sent", e, Asked.SEND_OUTPUT);
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
            throw sorted(
                    "A delta could not be appended to " + identity.changelogTopic() + "-" + partition,
                    e,
                    Asked.SEND_DELTA);
        }
    }

    /** Its time means nothing, and this machine's clock may be one the broker does not accept. */
    private Future<RecordMetadata> send(int partition, byte[] chunk) {
        return producer()
                .send(new ProducerRecord<>(identity.changelogTopic(), partition, 0L, null, chunk), onDeltaSent);
    }

    @Override
    public void flush() {
        try {
            producer().flush();
        } catch (RuntimeException e) {
            throw sorted("The producer could not be flushed", e, Asked.SEND_DELTA);
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
        } catch (RuntimeException e) {
            if (ProducerFailures.of(e, Asked.SEND_OFFSETS) == Outcome.ABORTS) {
                throw new CommitAborted("The group does not take the offsets: " + said(e), e);
            }
            throw unknown("The offsets may or may not be in the transaction: " + said(e), e);
        }
    }

    @Override
    public void commit() {
        try {
            producer().commitTransaction();
            open = false;
        } catch (RuntimeException e) {
            throw unknown("The transaction may or may not be committed: " + said(e), e);
        }
    }

    @Override
    public void abort() {
        if (useless) {
            throw new OutcomeUnknown("The producer could not begin a transaction", null);
        }
        if (!open) {
            asyncFailure = null;
            return;
        }
        try {
            producer().abortTransaction();
            open = false;
            asyncFailure = null;
        } catch (RuntimeException e) {
            throw unknown("The transaction could not be aborted: " + said(e), e);
        }
    }

    @Override
    public void replace() {
        close(Duration.ZERO);
        try {
            Producer<byte[], byte[]> fresh = clients.producer();
            producer = fresh;
            fresh.initTransactions();
            useless = false;
            asyncFailure = null;
        } catch (RuntimeException e) {
            close(Duration.ZERO);
            throw unknown("Transactions of " + identity.transactionalId() + " could not be initialized: " + said(e), e);
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
                openedAt = System.nanoTime();
            } catch (RuntimeException e) {
                useless = true;
                throw unknown("No transaction could be begun: " + said(e), e);
            }
        }
    }

    /** Of several failures the one that says most stands: those who shared a batch with a refused record only say that they did. */
    private void sent(@Nullable Exception error, Asked asked) {
        Failure before = asyncFailure;
        if (error != null
                && (before == null
                        || (ProducerFailures.isOfBatchMate(before.cause())
                                && !ProducerFailures.isOfBatchMate(error)))) {
            asyncFailure = new Failure(error, asked);
        }
    }

    private void throwAsyncFailure() {
        Failure failure = asyncFailure;
        if (failure != null) {
            throw sorted(
                    failure.asked() == Asked.SEND_OUTPUT
                            ? "An output could not be sent"
                            : "A delta could not be appended",
                    failure.cause(),
                    failure.asked());
        }
    }

    private RuntimeException sorted(String what, Exception e, Asked asked) {
        return sorted(what, e, asked, isFencing(e), identity.transactionalId());
    }

    private static RuntimeException sorted(
            String what, Exception e, Asked asked, boolean fencing, String transactionalId) {
        String message = what + ": " + said(e, transactionalId);
        return switch (ProducerFailures.of(e, asked)) {
            case OUTPUT_REFUSED -> new OutputRefused(message, ProducerFailures.reason(e));
            case ABORTS -> new CommitAborted(message, e);
            case UNKNOWN -> new OutcomeUnknown(message, e, fencing);
        };
    }

    /** What the client says, to go on in a sentence of ours. */
    private static String said(Exception e, String transactionalId) {
        String message = String.valueOf(e.getMessage());
        return (message.endsWith(".") ? message.substring(0, message.length() - 1) : message)
                + MissingRight.in(e, "WRITE", transactionalId);
    }

    private String said(Exception e) {
        return said(e, identity.transactionalId());
    }

    private OutcomeUnknown unknown(String message, Exception e) {
        return new OutcomeUnknown(message, e, isFencing(e));
    }

    /** Somebody else initialized the transactional id. The broker does the same to end a transaction that took too long, which proves nothing. */
    private boolean isFencing(Throwable e) {
        long timeout = clients.transactionTimeout().toNanos();
        if (open && System.nanoTime() - openedAt > timeout / 3 * 2) {
            return false;
        }
        return ProducerFailures.isFencing(e);
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
                throw sorted("A delta could not be appended", e, Asked.SEND_DELTA, false, "");
            }
        }
    }
}
