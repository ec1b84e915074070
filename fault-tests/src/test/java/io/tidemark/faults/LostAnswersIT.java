package io.tidemark.faults;

import static io.tidemark.faults.KafkaProxy.END_TXN;
import static io.tidemark.faults.KafkaProxy.HEARTBEAT;
import static io.tidemark.faults.KafkaProxy.INIT_PRODUCER_ID;
import static io.tidemark.faults.KafkaProxy.TXN_OFFSET_COMMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.faults.KafkaProxy.Deed;
import io.tidemark.faults.KafkaProxy.Rule;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
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
            return ApiKeys.forId(request) + " " + deed + (times == ALL ? " for long" : " once");
        }
    }

    /** An answer that says no. */
    record No(short request, Errors error) {
        @Override
        public String toString() {
            return ApiKeys.forId(request) + " " + error;
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

    static Stream<No> noes() {
        Stream<No> some = Stream.of(
                new No(END_TXN, Errors.NOT_COORDINATOR),
                new No(END_TXN, Errors.UNKNOWN_SERVER_ERROR),
                new No(HEARTBEAT, Errors.UNKNOWN_MEMBER_ID));
        Stream<No> more = Stream.of(
                new No(END_TXN, Errors.COORDINATOR_NOT_AVAILABLE),
                new No(END_TXN, Errors.COORDINATOR_LOAD_IN_PROGRESS),
                new No(END_TXN, Errors.CONCURRENT_TRANSACTIONS),
                new No(END_TXN, Errors.INVALID_TXN_STATE),
                new No(END_TXN, Errors.INVALID_PRODUCER_EPOCH),
                new No(END_TXN, Errors.PRODUCER_FENCED),
                new No(HEARTBEAT, Errors.REBALANCE_IN_PROGRESS),
                new No(HEARTBEAT, Errors.FENCED_INSTANCE_ID),
                new No(HEARTBEAT, Errors.NOT_COORDINATOR));
        return FULL ? Stream.concat(some, more) : some;
    }

    /** C2: what was asked has happened, and the answer says that it has not. */
    @Order(2)
    @ParameterizedTest
    @MethodSource("noes")
    void shouldCountEachRecordOnceWhenTheAnswerIsAnError(No no) {
        try (Rule rule = Brokers.shared()
                .proxy()
                .rule(no.request(), Deed.FAIL, 1, no.error().code())) {
            rule.awaitStruck();
            field.awaitProgress();
        }
        field.awaitProgress();
    }

    static Stream<Fault> repetitions() {
        Stream<Fault> some =
                Stream.of(new Fault(TXN_OFFSET_COMMIT, Deed.REPEAT, 3), new Fault(END_TXN, Deed.REPEAT, 3));
        Stream<Fault> more =
                Stream.of(new Fault(KafkaProxy.PRODUCE, Deed.REPEAT, 3), new Fault(INIT_PRODUCER_ID, Deed.REPEAT, 1));
        return FULL ? Stream.concat(some, more) : some;
    }

    /** C4: the network delivers a request twice. */
    @Order(3)
    @ParameterizedTest
    @MethodSource("repetitions")
    void shouldCountEachRecordOnceWhenARequestComesTwice(Fault fault) {
        try (Rule rule = Brokers.shared().proxy().rule(fault.request(), fault.deed(), fault.times())) {
            if (fault.request() == INIT_PRODUCER_ID) {
                field.instance("one").kill();
                field.start("one");
            }
            rule.awaitStruck();
            field.awaitProgress();
        }
    }

    static Stream<Fault> faultsOfTheGroup() {
        Stream<Fault> some = Stream.of(new Fault(KafkaProxy.OFFSET_FETCH, Deed.DROP_ANSWER, 2));
        Stream<Fault> more = Stream.of(
                new Fault(KafkaProxy.JOIN_GROUP, Deed.DROP_ANSWER, 1),
                new Fault(KafkaProxy.SYNC_GROUP, Deed.DROP_ANSWER, 1),
                new Fault(KafkaProxy.JOIN_GROUP, Deed.REFUSE, 2),
                new Fault(KafkaProxy.SYNC_GROUP, Deed.REFUSE, 2),
                new Fault(KafkaProxy.OFFSET_FETCH, Deed.REFUSE, 2),
                new Fault(KafkaProxy.FIND_COORDINATOR, Deed.DROP_ANSWER, 2));
        return FULL ? Stream.concat(some, more) : some;
    }

    /** C2: what it needs to become a member and to find its offsets is lost on the way. */
    @Order(4)
    @ParameterizedTest
    @MethodSource("faultsOfTheGroup")
    void shouldJoinAndFindItsOffsetsAfterAll(Fault fault) {
        field.instance("one").kill();
        try (Rule rule = Brokers.shared().proxy().rule(fault.request(), fault.deed(), fault.times())) {
            field.start("one");
            rule.awaitStruck();
            field.awaitProgress();
        }
        field.awaitProgress();
    }

    /** C3: the request to commit is under way for so long that its transaction is over and others have come after it. */
    @Order(5)
    @Test
    void shouldNotBeCommittedByARequestThatComesLate() {
        Rule rule = Brokers.shared().proxy().rule(END_TXN, Deed.HOLD_REQUEST, 2);
        try (rule) {
            rule.awaitStruck();
            field.awaitProgress();
        }
        field.awaitProgress();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(rule.late())
                        .as("what the broker says to requests of transactions that are over")
                        .isNotEmpty()
                        .doesNotContain(Errors.NONE.code()));
        field.awaitProgress();
        assertThat(field.instance("one").jvm().isAlive()).isTrue();
    }

    @Order(6)
    @Test
    void shouldBeRightInTheEnd() {
        field.finish();
    }
}
