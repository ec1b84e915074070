package io.tidemark.stream;

import io.tidemark.error.PositionLost;
import io.tidemark.error.SourceFailed;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A member of the processor's consumer group. Confined to the worker's thread.
 *
 * <p>Every method may throw {@link SourceFailed} when the membership is beyond repair; the worker is then closed and restarted.
 */
public interface RecordSource {

    /**
     * Frees this member's place in the group from a former self that died: called until it answers {@code true}, before the first poll.
     */
    boolean claimPlace();

    /**
     * Fetches, keeps the membership alive and runs {@code listener} for ownership changes.
     *
     * @throws PositionLost when a position is no longer in its partition
     */
    PolledRecords poll(Duration timeout, AssignmentListener listener);

    void pause(Collection<InputPartition> partitions);

    void resume(Collection<InputPartition> partitions);

    void seek(InputPartition partition, Position position);

    /**
     * The committed offsets of these partitions, stable ones only; an absent entry means no offset is committed.
     *
     * @return empty while an open transaction makes them unstable or the coordinator cannot be reached within a short time; ask again
     */
    Optional<Map<InputPartition, CommittedOffset>> committed(Collection<InputPartition> partitions);

    /** Identity and size of a topic now, or empty while the cluster does not answer or does not know it. */
    Optional<TopicFacts> facts(String topic);

    /** Whether the cluster said, a few seconds ago at most, that there is no such topic. */
    boolean isMissing(String topic);

    /** Why the last question about a topic was not answered, or {@code null} when it was, or is still being asked. */
    @Nullable
    String factsFailure(String topic);

    /** Whether a task that has no history may begin at all. */
    default boolean mayBegin() {
        return true;
    }

    /** The configured start of a task that has no history. */
    Optional<Position> startPosition(InputPartition partition);

    /** Where an input begins that a task with history has got. */
    Optional<Position> adoptedPosition(InputPartition partition);

    /** Whether it is a member of its group that has been told what its tasks are, even if it has none. */
    boolean isPlaced();

    /** Has the group assign its partitions anew, where that is a member's to ask for. */
    default void askForAssignment(String reason) {}

    /** Group membership as of this call. */
    GroupToken groupToken();

    /** Records between the position and the end of the partition, or -1 when unknown. */
    long lag(InputPartition partition);

    /** Ends the membership's session: {@code leave} gives the partitions up at once, else a static member keeps them for a restart. */
    void close(boolean leave, Duration timeout);
}
