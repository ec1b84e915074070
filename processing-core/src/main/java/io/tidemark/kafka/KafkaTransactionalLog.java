package io.tidemark.kafka;

import io.tidemark.checkpoint.TransactionalLog;
import io.tidemark.error.CommitAborted;
import io.tidemark.error.OutcomeUnknown;
import io.tidemark.error.OutputRefused;
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
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
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
    private final Callback onOutputSent = (metadata, error) -> sent(error, true);
    private final Callback onDeltaSent = (metadata, error) -> sent(error, false);
    private @Nullable Producer<byte[], byte[]> producer;
    private boolean open;
    private long openedAt;
    private volatile @Nullable Failure asyncFailure;

    /** What came back for a record. */
    private record Failure(Exception cause, boolean output) {}

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
            Future<RecordMetadata> unused = producer().send(record, onOutputSent);
        } catch (RuntimeException e) {
            throw sorted("An output to " + output.topic() + " could not be sent", e, true);
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
            throw sorted("A delta could not be appended to " + identity.changelogTopic() + "-" + partition, e, false);
        }
    }

    private Future<RecordMetadata> send(int partition, byte[] chunk) {
        return producer().send(new ProducerRecord<>(identity.changelogTopic(), partition, null, chunk), onDeltaSent);
    }

    @Override
    public void flush() {
        try {
            producer().flush();
        } catch (RuntimeException e) {
            throw sorted("The producer could not be flushed", e, false);
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
            throw new CommitAborted("The group does not take the offsets: " + said(e), e);
        } catch (RuntimeException e) {
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
                throw unknown("No transaction could be begun: " + said(e), e);
            }
        }
    }

    private void sent(@Nullable Exception error, boolean output) {
        if (error != null && asyncFailure == null) {
            asyncFailure = new Failure(error, output);
        }
    }

    private void throwAsyncFailure() {
        Failure failure = asyncFailure;
        if (failure != null) {
            throw sorted(
                    failure.output() ? "An output could not be sent" : "A delta could not be appended",
                    failure.cause(),
                    failure.output());
        }
    }

    /** What is certainly an abort is on a short list; of an output the broker will never take, the record has to be found. */
    private RuntimeException sorted(String what, Exception e, boolean output) {
        return sorted(what, e, output, isFencing(e));
    }

    private static RuntimeException sorted(String what, Exception e, boolean output, boolean fencing) {
        String message = what + ": " + said(e);
        if (output
                && (e instanceof RecordTooLargeException
                        || e instanceof InvalidTopicException
                        || e instanceof InvalidRecordException
                        || e instanceof InvalidTimestampException
                        || e instanceof TopicAuthorizationException
                        || isForNoTopic(e))) {
            return new OutputRefused(message, e);
        }
        boolean certainlyAborts = e instanceof RetriableException
                || e instanceof RecordTooLargeException
                || e instanceof TransactionAbortableException;
        return certainlyAborts ? new CommitAborted(message, e) : new OutcomeUnknown(message, e, fencing);
    }

    /** The producer waited for a topic that nobody has created. */
    private static boolean isForNoTopic(Exception e) {
        return e instanceof TimeoutException && e.getCause() instanceof UnknownTopicOrPartitionException;
    }

    /** What the client says, to go on in a sentence of ours. */
    private static String said(Exception e) {
        String message = String.valueOf(e.getMessage());
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
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
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (at instanceof ProducerFencedException
                    || at instanceof InvalidProducerEpochException
                    || at instanceof FencedInstanceIdException) {
                return true;
            }
        }
        return false;
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
                throw sorted("A delta could not be appended", e, false, false);
            }
        }
    }
}
