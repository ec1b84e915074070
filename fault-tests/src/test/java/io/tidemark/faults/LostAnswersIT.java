package io.tidemark.faults;

import static io.tidemark.faults.KafkaProxy.END_TXN;
import static io.tidemark.faults.KafkaProxy.INIT_PRODUCER_ID;
import static io.tidemark.faults.KafkaProxy.TXN_OFFSET_COMMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.faults.KafkaProxy.Deed;
import io.tidemark.faults.KafkaProxy.Rule;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Single requests and answers of the commit are lost, held back or come late (C2 to C4). Whatever the client believes, each record
 * counts once.
 */
@ResourceLock("proxy")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LostAnswersIT {

    private static final boolean FULL =
            System.getProperty("chaos.matrix", "half").equals("full");
    private static final int ALL = 1_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static Field field;

    /**
     * @param request API key
     * @param times how many frames meet the fault; the client tries again by itself
     */
    record Fault(short request, Deed deed, int times) {
        @Override
        public String toString() {
            String name = request == END_TXN ? "EndTxn" : request == TXN_OFFSET_COMMIT ? "TxnOffsetCommit" : "InitPid";
            return name + " " + deed + (times == ALL ? " for long" : " once");
        }
    }

    @BeforeAll
    static void start() {
        field = new Field(Brokers.shared(), "answers").behindProxy();
        field.start("one");
        field.awaitProgress();
    }

    @AfterAll
    static void stop() {
        field.close();
    }

    static Stream<Fault> faults() {
        Stream<Fault> some = Stream.of(
                new Fault(END_TXN, Deed.DROP_ANSWER, 1),
                new Fault(END_TXN, Deed.HOLD_ANSWER, ALL),
                new Fault(TXN_OFFSET_COMMIT, Deed.DROP_ANSWER, ALL),
                new Fault(END_TXN, Deed.REFUSE, ALL));
        Stream<Fault> more = Stream.of(
                new Fault(TXN_OFFSET_COMMIT, Deed.DROP_ANSWER, 1),
                new Fault(TXN_OFFSET_COMMIT, Deed.HOLD_ANSWER, ALL),
                new Fault(TXN_OFFSET_COMMIT, Deed.REFUSE, ALL),
                new Fault(END_TXN, Deed.DROP_ANSWER, ALL),
                new Fault(END_TXN, Deed.HOLD_ANSWER, 1),
                new Fault(END_TXN, Deed.REFUSE, 1),
                new Fault(INIT_PRODUCER_ID, Deed.DROP_ANSWER, 3));
        return FULL ? Stream.concat(some, more) : some;
    }

    /** C2, C3, C4. */
    @Order(1)
    @ParameterizedTest
    @MethodSource("faults")
    void shouldCountEachRecordOnce(Fault fault) {
        AppProcess app = field.instance("one");
        int mark = app.jvm().mark();
        try (Rule rule = Brokers.shared().proxy().rule(fault.request(), fault.deed(), fault.times())) {
            if (fault.request() == INIT_PRODUCER_ID) {
                app.kill();
                field.start("one");
            }
            rule.awaitStruck();
            if (fault.times() == ALL) {
                // the client gives up; what it was told to do may have happened
                app.jvm().awaitLine(mark, "The producer was replaced", PATIENCE);
            } else {
                field.awaitProgress();
            }
        }
        field.awaitProgress();
    }

    /** C3: the request to commit is under way for so long that its transaction is over and others have come after it. */
    @Order(2)
    @Test
    void shouldNotBeCommittedByARequestThatComesLate() {
        try (Rule rule = Brokers.shared().proxy().rule(END_TXN, Deed.HOLD_REQUEST, 2)) {
            rule.awaitStruck();
            field.awaitProgress();
        }
        field.awaitProgress();
        field.awaitProgress();
        assertThat(field.instance("one").jvm().isAlive()).isTrue();
    }

    @Order(3)
    @Test
    void shouldBeRightInTheEnd() {
        field.finish();
    }
}
