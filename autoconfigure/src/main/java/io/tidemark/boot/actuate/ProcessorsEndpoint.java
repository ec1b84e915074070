package io.tidemark.boot.actuate;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.ProcessorStatus;
import io.tidemark.runtime.RecordTotals;
import io.tidemark.runtime.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** What the processors of this instance are and how they do. Shows no keys and no values. */
@Endpoint(id = "processors", defaultAccess = Access.READ_ONLY)
public class ProcessorsEndpoint {

    private final TidemarkProcessors processors;

    public ProcessorsEndpoint(TidemarkProcessors processors) {
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
                status == null ? RecordTotals.NONE : status.records());
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
     */
    public record Processor(
            String id,
            ProcessorStatus.State state,
            @Nullable String message,
            List<String> inputs,
            Set<String> outputs,
            List<State> states,
            List<TaskStatus> tasks,
            RecordTotals records) {}

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
