package io.tidemark.checkpoint;

import io.tidemark.error.CommitAborted;
import io.tidemark.error.OutcomeUnknown;
import io.tidemark.stream.GroupToken;
import io.tidemark.stream.InputPartition;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.Position;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One transactional producer and its open transaction. A transaction begins with the first record; there are no empty ones. Confined
 * to the worker's thread.
 *
 * <p>Failures come as exactly two kinds: {@link CommitAborted} when the transaction certainly does not commit and can be aborted, and
 * {@link OutcomeUnknown} when only a new producer helps.
 */
public interface TransactionalLog {

    /** Where a segment went; its offsets are known after {@link #flush}. */
    interface Append {

        /**
         * @throws CommitAborted when the broker did not tell the offset, which happens for a deduplicated retry
         */
        long firstOffset();

        /**
         * @throws CommitAborted when the broker did not tell the offset, which happens for a deduplicated retry
         */
        long lastOffset();
    }

    /**
     * @param position where reading goes on
     * @param pointer the encoded pointer that rides with it
     */
    record OffsetWithPointer(Position position, String pointer) {}

    String transactionalId();

    /** Largest record that can be sent, in bytes. */
    int maxRecordBytes();

    /** Whether a transaction is open. */
    boolean isOpen();

    /** Sends an output; failures may surface at any later call up to {@link #flush}. */
    void send(OutputRecord record);

    /** Appends the chunks of a segment to a changelog partition, in order. */
    Append append(int partition, List<byte[]> chunks);

    /** Returns when everything sent is acknowledged. */
    void flush();

    void sendOffsets(Map<InputPartition, OffsetWithPointer> offsets, GroupToken group);

    /**
     * Commits. Any failure here is {@link OutcomeUnknown}.
     */
    void commit();

    /** Aborts the open transaction, if any. A failure is {@link OutcomeUnknown}. */
    void abort();

    /**
     * Closes the producer without waiting, makes a new one under the same transactional id and initializes transactions: whatever the
     * old one left is then decided. A failure is {@link OutcomeUnknown}; call again later.
     */
    void replace();

    void close(Duration timeout);
}
