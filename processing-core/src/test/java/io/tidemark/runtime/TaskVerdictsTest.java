package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.stream.InputRecord;
import io.tidemark.task.TestRecord;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TaskVerdictsTest {

    private final TaskVerdicts verdicts = new TaskVerdicts();

    @Test
    void shouldCountFailuresOfOneRecordInARow() {
        assertThat(verdicts.failed(record(5))).isEqualTo(1);
        assertThat(verdicts.failed(record(5))).isEqualTo(2);
        assertThat(verdicts.failed(record(6))).isEqualTo(1);
    }

    @Test
    void shouldKeepWhatItKnowsUntilItsRecordIsCommitted() {
        verdicts.slow("orders", 5);
        verdicts.condemn(record(6), "why", null, 3);
        verdicts.isolate(record(6), "stops", null);

        verdicts.settle(topic -> 5);
        assertThat(verdicts.isSlow(record(5))).isTrue();

        verdicts.settle(topic -> 6);
        assertThat(verdicts.isSlow(record(5))).isFalse();
        assertThat(verdicts.condemnation(record(6))).isNotNull();
        assertThat(verdicts.isolation()).isEqualTo("stops");

        verdicts.settle(topic -> 7);
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
        verdicts.failed(record(5));
        verdicts.isolate(record(5), "stops", null);
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
        verdicts.failed(record(5));
        verdicts.failed(record(5));
        verdicts.isolate(record(5), "stops", null);

        assertThat(verdicts.decide(new RecordId("orders", 3, 5), RecordDecision.RETRY))
                .isTrue();

        assertThat(verdicts.condemnation(record(5))).isNull();
        assertThat(verdicts.failed(record(5))).isEqualTo(1);
    }

    @Test
    void shouldPauseInTheClockOfAnyMachine() {
        verdicts.waitUntil(-5, null);
        assertThat(verdicts.isPausing()).isTrue();
        assertThat(verdicts.isPauseOver(-6)).isFalse();
        assertThat(verdicts.isPauseOver(-5)).isTrue();
        verdicts.resumed();
        assertThat(verdicts.isPausing()).isFalse();
    }

    private static InputRecord record(long offset) {
        return new TestRecord("orders", 3, offset, 0, new byte[] {1}, new byte[] {1});
    }
}
