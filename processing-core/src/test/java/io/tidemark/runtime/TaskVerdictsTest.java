package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.stream.InputRecord;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import io.tidemark.task.TestRecord;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TaskVerdictsTest {

    private final TaskVerdicts verdicts = new TaskVerdicts();

    @Test
    void shouldCountFailuresOfOneRecordInARow() {
        assertThat(verdicts.failed(record(5), true).times()).isEqualTo(1);
        assertThat(verdicts.failed(record(5), true).times()).isEqualTo(2);
        assertThat(verdicts.failed(record(6), true).times()).isEqualTo(1);
    }

    @Test
    void shouldKeepWhatItKnowsUntilItsRecordIsCommitted() {
        verdicts.slow("orders", 5);
        verdicts.condemn(record(6), "why", null, 3);
        verdicts.isolate(record(6), at(5), "stops", null);

        verdicts.settle(at(5));
        assertThat(verdicts.isSlow(record(5))).isTrue();

        verdicts.settle(at(6));
        assertThat(verdicts.isSlow(record(5))).isFalse();
        assertThat(verdicts.condemnation(record(6))).isNotNull();
        assertThat(verdicts.isolation()).isEqualTo("stops");

        verdicts.settle(at(7));
        assertThat(verdicts.condemnation(record(6))).isNull();
        assertThat(verdicts.isolation()).isNull();
        assertThat(verdicts.any()).isFalse();
    }

    /** The worker and who watches it both tell of one call. */
    @Test
    void shouldCountOneCallThatIsOverdueOnce() {
        verdicts.overdue("orders", 5, 100, "too long");
        verdicts.overdue("orders", 5, 100, "too long");
        assertThat(verdicts.condemnation(record(5))).isNull();

        verdicts.overdue("orders", 5, 200, "too long");
        assertThat(Objects.requireNonNull(verdicts.condemnation(record(5))).message())
                .isEqualTo("too long");
    }

    @Test
    void shouldDoWithTheIsolatedRecordWhatAPersonSays() {
        verdicts.failed(record(5), true);
        verdicts.isolate(record(5), at(5), "stops", null);
        assertThat(verdicts.stopsBefore(3)).isEqualTo(new RecordId("orders", 3, 5));

        assertThat(verdicts.decide(new RecordId("orders", 3, 4), RecordDecision.SKIP))
                .as("not the record it stops before")
                .isFalse();
        assertThat(verdicts.isolation()).isNotNull();

        assertThat(verdicts.decide(new RecordId("orders", 3, 5), RecordDecision.SKIP))
                .isTrue();
        assertThat(verdicts.isolation()).isNull();
        assertThat(verdicts.isPauseOver(Long.MIN_VALUE)).isTrue();
        assertThat(Objects.requireNonNull(verdicts.condemnation(record(5))).decided())
                .isEqualTo(RecordDecision.SKIP);
    }

    @Test
    void shouldTryTheIsolatedRecordAgainAsOftenAsAtFirst() {
        verdicts.failed(record(5), true);
        verdicts.failed(record(5), true);
        verdicts.isolate(record(5), at(5), "stops", null);

        assertThat(verdicts.decide(new RecordId("orders", 3, 5), RecordDecision.RETRY))
                .isTrue();

        assertThat(verdicts.condemnation(record(5))).isNull();
        assertThat(verdicts.failed(record(5), true).times()).isEqualTo(1);
    }

    @Test
    void shouldPauseInTheClockOfAnyMachine() {
        verdicts.waitUntil(-5, record(5), null);
        assertThat(verdicts.isPausing()).isTrue();
        assertThat(verdicts.isPauseOver(-6)).isFalse();
        assertThat(verdicts.isPauseOver(-5)).isTrue();
        verdicts.resumed();
        assertThat(verdicts.isPausing()).isFalse();
    }

    /** What was away is no attempt of the record's. */
    @Test
    void shouldCountApartWhatPasses() {
        verdicts.failed(record(5), false);
        verdicts.failed(record(5), false);

        TaskVerdicts.Failing failing = verdicts.failed(record(5), true);

        assertThat(failing.times()).isEqualTo(3);
        assertThat(failing.counted()).isEqualTo(1);
    }

    /** A stuck worker still has what it had; what it makes of it when it comes back must not touch the task's next owner. */
    @Test
    void shouldHandKnowledgeOverAndLetNoFormerOwnerMeddle() {
        verdicts.slow("orders", 5);
        verdicts.condemn(record(6), "why", null, 3);
        TaskVerdicts next = verdicts.handOver();
        assertThat(next.isSlow(record(5))).isTrue();
        assertThat(next.condemnation(record(6))).isNotNull();

        verdicts.isolate(record(5), at(5), "stops", null);
        verdicts.waitUntil(100, record(5), "something is away");
        verdicts.condemn(record(7), "why", null, 3);

        assertThat(next.isolation()).isNull();
        assertThat(next.isPausing()).isFalse();
        assertThat(next.waitsFor()).isNull();
        assertThat(next.condemnation(record(7))).isNull();

        verdicts.overdue("orders", 5, 1, "too long");
        verdicts.overdue("orders", 5, 2, "too long");
        assertThat(next.condemnation(record(5)))
                .as("that it takes too long, nobody but the stuck one finds out")
                .isNotNull();
    }

    @Test
    void shouldNotCarryOutLaterWhatAPersonDecidedForNow() {
        verdicts.isolate(record(5), at(5), "stops", null);
        assertThat(verdicts.decide(new RecordId("orders", 3, 5), RecordDecision.SKIP))
                .isTrue();

        assertThat(verdicts.handOver().condemnation(record(5))).isNull();
    }

    /** Of a value that cannot be written nobody knows whose it is. */
    @Test
    void shouldLiftAnIsolationWithoutARecordOnceSomebodyElseGotOn() {
        verdicts.isolate(null, at(5), "stops", null);
        verdicts.settle(at(5));
        assertThat(verdicts.isolation()).isNotNull();

        verdicts.settle(at(9));
        assertThat(verdicts.isolation()).isNull();
    }

    @Test
    void shouldDecideAboutARecordThatWaits() {
        verdicts.failed(record(5), false);
        verdicts.waitUntil(Long.MAX_VALUE, record(5), "something is away");
        assertThat(verdicts.stopsBefore(3)).isEqualTo(new RecordId("orders", 3, 5));

        assertThat(verdicts.decide(new RecordId("orders", 3, 5), RecordDecision.SKIP))
                .isTrue();

        assertThat(verdicts.waitsFor()).isNull();
        assertThat(verdicts.isPauseOver(0)).isTrue();
    }

    private static Positions at(long offset) {
        return Positions.of(Map.of("orders", Position.at(offset)));
    }

    private static InputRecord record(long offset) {
        return new TestRecord("orders", 3, offset, 0, new byte[] {1}, new byte[] {1});
    }
}
