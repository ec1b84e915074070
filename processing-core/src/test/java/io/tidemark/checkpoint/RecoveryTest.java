package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.checkpoint.RecoveryFacts.FailedReplay;
import io.tidemark.checkpoint.RecoveryFacts.Input;
import io.tidemark.checkpoint.RecoveryFacts.Local;
import io.tidemark.checkpoint.RecoveryFacts.Log;
import io.tidemark.checkpoint.RecoveryPlan.Reason;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.CommittedOffset;
import io.tidemark.stream.DeltaHash;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import io.tidemark.stream.TaskId;
import io.tidemark.stream.TopicFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every row of the recovery table. */
class RecoveryTest {

    private static final TaskId TASK = new TaskId("orders", 3);
    private static final UUID TOPIC_ID = new UUID(1, 1);
    private static final TopicFacts TOPIC = new TopicFacts(TOPIC_ID, 8);
    private static final long FINGERPRINT = 77;
    private static final Log NO_LOG = new Log(0, 0, false);
    private static final Log LOG = new Log(0, 1000, true);
    private static final CheckpointRef REF = ref(10, 100, 200);

    @Test
    void shouldStartNewWithoutOffsetsAndWithoutHistory() {
        assertThat(plan(List.of(input("a", null)), null, NO_LOG)).isInstanceOf(RecoveryPlan.StartNew.class);
    }

    @Test
    void shouldRefuseHistoryWithoutOffsets() {
        Input none = input("a", null);

        assertRefused(plan(List.of(none), null, new Log(0, 1000, true)), Reason.OFFSETS_LOST);
        assertRefused(plan(List.of(none), null, new Log(5, 5, false)), Reason.OFFSETS_LOST);
        assertRefused(plan(List.of(none), local(3, 50), NO_LOG), Reason.OFFSETS_LOST);
    }

    @Test
    void shouldRefuseOffsetsChangedOutside() {
        String pointer = PointerCodec.encode(new Pointer(REF, 55, TOPIC_ID, 8));
        for (CommittedOffset changed : List.of(
                new CommittedOffset(55, -1, ""),
                new CommittedOffset(55, -1, "somebody else's"),
                new CommittedOffset(54, -1, pointer),
                new CommittedOffset(56, -1, pointer))) {
            RecoveryPlan plan = plan(List.of(new Input("a", TOPIC, changed)), local(10, 200), LOG);
            assertRefused(plan, Reason.OFFSETS_CHANGED);
            assertThat(((RecoveryPlan.Refuse) plan).message())
                    .contains("orders/3")
                    .contains("topic a");
        }
    }

    @Test
    void shouldRefuseARecreatedOrRepartitionedTopic() {
        CommittedOffset offset = committed(REF);

        assertRefused(
                plan(List.of(new Input("a", new TopicFacts(new UUID(2, 2), 8), offset)), null, LOG),
                Reason.TOPIC_RECREATED);
        assertRefused(
                plan(List.of(new Input("a", new TopicFacts(TOPIC_ID, 9), offset)), null, LOG),
                Reason.TOPIC_REPARTITIONED);
    }

    @Test
    void shouldRefuseAPartitionThatWasAdded() {
        RecoveryPlan plan = plan(List.of(new Input("a", new TopicFacts(TOPIC_ID, 12), null)), null, NO_LOG);

        assertRefused(plan, Reason.TOPIC_REPARTITIONED);
        assertThat(((RecoveryPlan.Refuse) plan).message())
                .contains("12 partitions")
                .contains("made with 8");
    }

    /** Whether this version reads the state is for the schemas in the store to say. */
    @Test
    void shouldGoOnWhateverTheFingerprintOfTheSchema() {
        CheckpointRef older = new CheckpointRef(REF.id(), REF.hash(), 100, 200, 66, 2, List.of(55L));

        assertThat(plan(List.of(input("a", older)), null, LOG)).isInstanceOf(RecoveryPlan.ReplayBase.class);
    }

    @Test
    void shouldUseTheLocalStoreWhenItIsTheCheckpoint() {
        assertThat(plan(List.of(input("a", REF)), new Local(REF.id(), 200, false), LOG))
                .isEqualTo(new RecoveryPlan.UseLocal(REF, Positions.of(Map.of("a", Position.at(55)))));
    }

    @Test
    void shouldRollForwardAnOlderLocalStore() {
        assertThat(plan(List.of(input("a", REF)), local(4, 150), LOG))
                .isEqualTo(new RecoveryPlan.RollForward(REF, Positions.of(Map.of("a", Position.at(55))), 150));
    }

    @Test
    void shouldReplayWithoutALocalStore() {
        RecoveryPlan plan = plan(List.of(input("a", REF)), null, LOG);

        assertThat(plan).isInstanceOfSatisfying(RecoveryPlan.ReplayBase.class, replay -> {
            assertThat(replay.unusable()).isEmpty();
            assertThat(replay.target()).isEqualTo(REF);
        });
    }

    @Test
    void shouldSetALocalStoreAsideThatCannotBeAnAncestor() {
        for (Local unusable : List.of(
                local(11, 150),
                local(10, 200),
                new Local(new CheckpointId(1, 4, new UUID(0, 4)), 150, false),
                new Local(new CheckpointId(0, 4, new UUID(0, 4)), 150, true),
                local(4, 200))) {
            RecoveryPlan plan = plan(List.of(input("a", REF)), unusable, LOG);
            assertThat(plan).as("%s", unusable).isInstanceOfSatisfying(RecoveryPlan.ReplayBase.class, replay -> {
                assertThat(replay.unusable()).isNotEmpty();
                assertThat(replay.stale()).isFalse();
            });
        }
        assertThat(plan(List.of(input("a", REF)), local(4, 99), new Log(50, 1000, true)))
                .as("older than the base, but the log has it still")
                .isInstanceOf(RecoveryPlan.RollForward.class);
        assertThat(plan(List.of(input("a", REF)), local(4, 49), new Log(50, 1000, true)))
                .as("older than the log")
                .isInstanceOfSatisfying(RecoveryPlan.ReplayBase.class, replay -> {
                    assertThat(replay.unusable()).contains("older than what the changelog still has");
                    assertThat(replay.stale())
                            .as("nothing anybody would want to look at")
                            .isTrue();
                });
        assertThat(plan(List.of(input("a", REF)), local(4, 101), new Log(102, 1000, true)))
                .as("older than the log start, and the base is gone as well")
                .isInstanceOf(RecoveryPlan.Refuse.class);
    }

    @Test
    void shouldRefuseWhenTheBaseIsGone() {
        assertRefused(plan(List.of(input("a", REF)), null, new Log(101, 1000, true)), Reason.CHANGELOG_DAMAGED);
    }

    @Test
    void shouldLookAgainAndThenRefuseWhenTheLogEndsBeforeTheDelta() {
        Log shorter = new Log(0, 150, true);

        assertThat(plan(List.of(input("a", REF)), new Local(REF.id(), 200, false), shorter))
                .as("even a store that is the checkpoint: what is appended next could never be restored")
                .isInstanceOf(RecoveryPlan.LookAgain.class);
        assertRefused(
                plan(List.of(input("a", REF)), null, shorter, new FailedReplay(REF, "shorter", Recovery.MAX_REPLAYS)),
                Reason.CHANGELOG_DAMAGED);
    }

    @Test
    void shouldReplayAgainAndThenRefuseWhenTheNamedDeltaIsNotThere() {
        for (int attempts = 1; attempts < Recovery.MAX_REPLAYS; attempts++) {
            FailedReplay failed = new FailedReplay(REF, "not there", attempts);
            assertThat(plan(List.of(input("a", REF)), null, LOG, failed)).isInstanceOf(RecoveryPlan.ReplayBase.class);
        }
        FailedReplay last = new FailedReplay(REF, "not there", Recovery.MAX_REPLAYS);
        assertRefused(plan(List.of(input("a", REF)), null, LOG, last), Reason.CHANGELOG_DAMAGED);
        assertThat(plan(List.of(input("a", ref(11, 100, 210))), null, LOG, last))
                .as("the pointer moved on, so the failure was another checkpoint's")
                .isInstanceOf(RecoveryPlan.ReplayBase.class);
    }

    @Test
    void shouldRefuseInputsThatDisagree() {
        assertRefused(plan(List.of(input("a", REF), input("b", null)), null, LOG), Reason.OFFSETS_INCOMPLETE);
        assertRefused(plan(List.of(input("a", REF), input("b", ref(11, 100, 200))), null, LOG), Reason.OFFSETS_CHANGED);
    }

    @Test
    void shouldTakeSeveralInputsThatAgree() {
        assertThat(plan(List.of(input("a", REF), input("b", REF)), new Local(REF.id(), 200, false), LOG))
                .isInstanceOf(RecoveryPlan.UseLocal.class);
    }

    @Test
    void shouldGoOnWithoutTheInputThatIsToBeAdopted() {
        CommittedOffset foreign = new CommittedOffset(9, -1, "somebody else's");
        for (Input added : List.of(
                input("b", null),
                new Input("b", TOPIC, foreign),
                input("b", ref(4, 100, 150)), // retired at checkpoint 4
                new Input("b", new TopicFacts(new UUID(9, 9), 8), committed(ref(4, 100, 150))))) {
            assertThat(plan(List.of(input("a", REF), added), Set.of("b"), new Local(REF.id(), 200, false), LOG, null))
                    .isEqualTo(new RecoveryPlan.UseLocal(REF, Positions.of(Map.of("a", Position.at(55)))));
        }
    }

    @Test
    void shouldGoOnWhereAnAdoptedInputIsOnceItIsPartOfTheCheckpoint() {
        assertThat(plan(
                        List.of(input("a", REF), input("b", REF)),
                        Set.of("b", "c"),
                        new Local(REF.id(), 200, false),
                        LOG,
                        null))
                .isEqualTo(new RecoveryPlan.UseLocal(
                        REF, Positions.of(Map.of("a", Position.at(55), "b", Position.at(55)))));
        assertThat(plan(List.of(input("b", REF)), Set.of("b"), new Local(REF.id(), 200, false), LOG, null))
                .as("nothing else says where the task is")
                .isInstanceOf(RecoveryPlan.UseLocal.class);
    }

    @Test
    void shouldAdoptOnlyWhatFits() {
        Input other = new Input("b", new TopicFacts(new UUID(9, 9), 9), null);
        Input recreated = new Input("b", new TopicFacts(new UUID(9, 9), 8), committed(REF));

        assertRefused(plan(List.of(input("a", REF), other), Set.of("b"), null, LOG, null), Reason.TOPIC_REPARTITIONED);
        assertRefused(plan(List.of(input("a", REF), recreated), Set.of("b"), null, LOG, null), Reason.TOPIC_RECREATED);
        assertRefused(
                plan(List.of(input("a", null), input("b", REF)), Set.of("b"), null, LOG, null),
                Reason.OFFSETS_INCOMPLETE);
        assertRefused(
                plan(List.of(input("a", REF), input("b", null)), Set.of("c"), null, LOG, null),
                Reason.OFFSETS_INCOMPLETE);
        assertThat(plan(List.of(input("a", null), input("b", null)), Set.of("b"), null, NO_LOG, null))
                .as("nothing to adopt it into")
                .isInstanceOf(RecoveryPlan.StartNew.class);
    }

    private static RecoveryPlan plan(List<Input> inputs, Local local, Log log) {
        return plan(inputs, local, log, null);
    }

    private static RecoveryPlan plan(List<Input> inputs, Local local, Log log, FailedReplay failed) {
        return plan(inputs, Set.of(), local, log, failed);
    }

    private static RecoveryPlan plan(List<Input> inputs, Set<String> adopt, Local local, Log log, FailedReplay failed) {
        return Recovery.plan(TASK, new RecoveryFacts(new ArrayList<>(inputs), adopt, 8, local, log, failed));
    }

    private static void assertRefused(RecoveryPlan plan, Reason reason) {
        assertThat(plan).isInstanceOfSatisfying(RecoveryPlan.Refuse.class, refused -> {
            assertThat(refused.reason()).isEqualTo(reason);
            assertThat(refused.message()).contains("orders/3");
            assertThat(refused.advice()).isNotEmpty();
        });
    }

    private static Input input(String topic, CheckpointRef ref) {
        return new Input(topic, TOPIC, ref == null ? null : committed(ref));
    }

    private static CommittedOffset committed(CheckpointRef ref) {
        return new CommittedOffset(55, -1, PointerCodec.encode(new Pointer(ref, 55, TOPIC_ID, 8)));
    }

    private static CheckpointRef ref(long number, long base, long end) {
        return new CheckpointRef(
                new CheckpointId(0, number, new UUID(0, 1000 + number)),
                new DeltaHash(new byte[16]),
                base,
                end,
                FINGERPRINT,
                1,
                List.of());
    }

    private static Local local(long number, long next) {
        return new Local(new CheckpointId(0, number, new UUID(0, number)), next, false);
    }
}
