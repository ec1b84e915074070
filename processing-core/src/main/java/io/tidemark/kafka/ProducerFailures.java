package io.tidemark.kafka;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * What a failure of the producer means, by what was asked of it: as a table, so that it can be looked at as a whole. What no row names is
 * unknown, which costs an abort or a new producer, and never correctness.
 */
final class ProducerFailures {

    /** What the producer was asked to do. */
    enum Asked {
        SEND_OUTPUT,
        SEND_DELTA,
        SEND_OFFSETS,
        COMMIT,
        /** To begin, to abort, to initialize: what leaves nothing to go on with when it fails. */
        TRANSACTION
    }

    /** What is known of the transaction after it. */
    enum Outcome {
        /** The broker takes the attempt without one record of it, and will never take that. */
        OUTPUT_REFUSED,
        /** It does not commit, and can be aborted. */
        ABORTS,
        /** Nobody knows. */
        UNKNOWN
    }

    private ProducerFailures() {}

    static Outcome of(Throwable said, Asked asked) {
        Throwable failure = asked == Asked.SEND_OUTPUT ? behindErrorState(said) : said;
        return switch (asked) {
            case SEND_OUTPUT ->
                isRefusal(failure) ? Outcome.OUTPUT_REFUSED : isTemporary(failure) ? Outcome.ABORTS : Outcome.UNKNOWN;
            case SEND_DELTA ->
                isTemporary(failure) || failure instanceof RecordTooLargeException ? Outcome.ABORTS : Outcome.UNKNOWN;
            case SEND_OFFSETS ->
                failure instanceof CommitFailedException || failure instanceof TransactionAbortableException
                        ? Outcome.ABORTS
                        : Outcome.UNKNOWN;
            case COMMIT, TRANSACTION -> Outcome.UNKNOWN;
        };
    }

    private static boolean isTemporary(Throwable failure) {
        return failure instanceof RetriableException || failure instanceof TransactionAbortableException;
    }

    private static boolean isRefusal(Throwable failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof InvalidTopicException
                || failure instanceof InvalidRecordException
                || failure instanceof InvalidTimestampException
                || failure instanceof TopicAuthorizationException
                || failure instanceof SerializationException
                || isForNoTopic(failure)
                || isOfBatchMate(failure);
    }

    /** A producer in an error state says so to whatever is asked next, with what brought it there as the cause. */
    private static Throwable behindErrorState(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure.getClass() == KafkaException.class && cause instanceof KafkaException ? cause : failure;
    }

    /** What a record is to be judged by: a wait that ended because there is no such topic is about the topic. */
    static Throwable reason(Throwable failure) {
        Throwable told = behindErrorState(failure);
        Throwable cause = told.getCause();
        return cause instanceof UnknownTopicOrPartitionException ? cause : told;
    }

    /** The producer waited for a topic that nobody has created. */
    private static boolean isForNoTopic(Throwable failure) {
        return failure instanceof UnknownTopicOrPartitionException
                || (failure instanceof TimeoutException
                        && failure.getCause() instanceof UnknownTopicOrPartitionException);
    }

    /**
     * Of a batch with a record the broker refuses, that record gets the reason, and all others get a {@link KafkaException} of no further
     * type: "Failed to append record because it was part of a batch which had one more more invalid records" ({@code Sender.failBatch}).
     */
    static boolean isOfBatchMate(@Nullable Throwable failure) {
        // one with a cause says that the producer is in an error state since something else failed
        return failure != null && failure.getClass() == KafkaException.class && failure.getCause() == null;
    }

    /** Whether somebody else has taken the transactional id, or the place in the group, over. */
    static boolean isFencing(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof ProducerFencedException
                    || at instanceof InvalidProducerEpochException
                    || at instanceof FencedInstanceIdException) {
                return true;
            }
        }
        return false;
    }
}
