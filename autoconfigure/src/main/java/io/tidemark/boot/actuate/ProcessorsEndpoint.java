package io.tidemark.boot.actuate;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.runtime.DecisionOutcome;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.ProcessorStatus;
import io.tidemark.runtime.RecordDecision;
import io.tidemark.runtime.RecordId;
import io.tidemark.runtime.RecordTotals;
import io.tidemark.runtime.TaskStatus;
import java.security.Principal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.context.ApplicationEventPublisher;

/** What the processors of this instance are and how they do. Shows no keys and no values. */
@Endpoint(id = "processors", defaultAccess = Access.READ_ONLY)
public class ProcessorsEndpoint {

    private static final int ACCEPTED = 202;
    private static final int BAD_REQUEST = 400;
    private static final int CONFLICT = 409;
    private static final String NOT_STOPPED =
            "No task of this instance stops before that record. Ask the instance that has the task, and name the record its status shows.";

    private final TidemarkProcessors processors;
    private final ApplicationEventPublisher events;

    /**
     * @param events takes an audit event for each decision
     */
    public ProcessorsEndpoint(TidemarkProcessors processors, ApplicationEventPublisher events) {
        this.events = events;
        this.processors = processors;
    }

    /** All processors. */
    @ReadOperation
    public Processors processors() {
        ProcessingRuntime runtime = processors.runtime().orElse(null);
        if (runtime == null) {
            return new Processors(List.of());
        }
        Map<String, ProcessorStatus> status = runtime.status();
        return new Processors(runtime.definitions().stream()
                .map(definition -> describe(definition, status.get(definition.id())))
                .toList());
    }

    /** One processor; {@code null} answers 404. */
    @ReadOperation
    public @Nullable Processor processor(@Selector String id) {
        return processors().processors().stream()
                .filter(processor -> processor.id().equals(id))
                .findFirst()
                .orElse(null);
    }

    /**
     * Says what becomes of the record a task of this instance stops before; the task goes on with it.
     *
     * @param id the processor
     * @param topic topic of the record
     * @param partition its partition
     * @param offset its offset
     * @param decision whether it is tried again, skipped or sent to the dead-letter topic
     */
    @WriteOperation
    public WebEndpointResponse<Object> decide(
            SecurityContext security, @Selector String id, String topic, int partition, long offset, String decision) {
        RecordDecision parsed = decision(decision);
        if (parsed == null) {
            return new WebEndpointResponse<>(
                    new Refusal("A decision is one of retry, skip and dead-letter."), BAD_REQUEST);
        }
        ProcessingRuntime runtime = processors.runtime().orElse(null);
        Processor processor = processor(id);
        if (runtime == null || processor == null) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
        }
        RecordId record = new RecordId(topic, partition, offset);
        DecisionOutcome outcome = runtime.decide(id, record, parsed);
        if (outcome == DecisionOutcome.RECORD_GONE) {
            return new WebEndpointResponse<>(
                    new Refusal("The record was deleted from its topic meanwhile; it can only be skipped."), CONFLICT);
        }
        if (outcome == DecisionOutcome.NO_DEAD_LETTER_TOPIC) {
            return new WebEndpointResponse<>(
                    new Refusal("Dead-letter topic " + runtime.deadLetterTopic(id, topic)
                            + " does not exist. Create it, or have the record skipped."),
                    CONFLICT);
        }
        if (outcome == DecisionOutcome.NOT_STOPPED) {
            List<RecordId> stopped = processor.tasks().stream()
                    .map(TaskStatus::record)
                    .filter(Objects::nonNull)
                    .toList();
            return new WebEndpointResponse<>(new NotStopped(NOT_STOPPED, stopped), CONFLICT);
        }
        Principal principal = security.getPrincipal();
        events.publishEvent(new AuditApplicationEvent(
                principal == null ? "anonymous" : principal.getName(),
                "TIDEMARK_RECORD_DECIDED",
                Map.of(
                        "processor",
                        id,
                        "topic",
                        topic,
                        "partition",
                        partition,
                        "offset",
                        offset,
                        "decision",
                        parsed.name())));
        return new WebEndpointResponse<>(new Decided(record, parsed), ACCEPTED);
    }

    /** Written as it is told, in upper case with underscores, or as people write properties. */
    private static @Nullable RecordDecision decision(String text) {
        String name = text.trim().replace('-', '_').toUpperCase(Locale.ROOT);
        return Arrays.stream(RecordDecision.values())
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static Processor describe(ProcessorDefinition definition, @Nullable ProcessorStatus status) {
        List<State> states = definition.states().stream()
                .map(state -> new State(
                        state.name(),
                        state.kind().name(),
                        state.codec().id(),
                        state.codec().schema(),
                        keys(state)))
                .toList();
        return new Processor(
                definition.id(),
                status == null ? ProcessorStatus.State.STOPPED : status.state(),
                status == null ? null : status.message(),
                definition.topics(),
                new TreeSet<>(definition.outputs()),
                states,
                status == null ? List.of() : status.tasks(),
                status == null ? RecordTotals.NONE : status.records(),
                status == null ? -1 : status.unassigned(),
                status == null ? null : status.heldBack());
    }

    private static @Nullable String keys(StateDescriptor<?> state) {
        StateCodec<?> codec = state.keyCodec();
        return codec == null ? null : codec.id();
    }

    /**
     * The answer to {@code GET processors}.
     *
     * @param processors every processor of this instance
     */
    public record Processors(List<Processor> processors) {}

    /**
     * The answer to a decision.
     *
     * @param record the record it is about
     * @param decision what becomes of it
     */
    public record Decided(RecordId record, RecordDecision decision) {}

    /**
     * The answer to a decision that cannot be carried out.
     *
     * @param message why not
     */
    public record Refusal(String message) {}

    /**
     * The answer to a decision about another record than one a task stops before.
     *
     * @param message what is wrong
     * @param stopped the records at which tasks of this instance stop
     */
    public record NotStopped(String message, List<RecordId> stopped) {}

    /**
     * One processor on this instance.
     *
     * @param id its id
     * @param state whether it runs
     * @param message why it does not, or {@code null}
     * @param inputs its input topics
     * @param outputs topics its handlers send to
     * @param states its states
     * @param tasks its tasks on this instance
     * @param records what became of its records since the start
     * @param unassigned records that wait in partitions no instance has, -1 when that is not known
     * @param heldBack whose open transaction holds input records back, or {@code null}
     */
    public record Processor(
            String id,
            ProcessorStatus.State state,
            @Nullable String message,
            List<String> inputs,
            Set<String> outputs,
            List<State> states,
            List<TaskStatus> tasks,
            RecordTotals records,
            long unassigned,
            @Nullable String heldBack) {}

    /**
     * One state.
     *
     * @param name its name
     * @param kind how its rows are laid out
     * @param codec id of its codec
     * @param schema shape of its values
     * @param keys id of the codec of its map keys, or {@code null}
     */
    public record State(
            String name,
            String kind,
            String codec,
            String schema,
            @Nullable String keys) {}
}
