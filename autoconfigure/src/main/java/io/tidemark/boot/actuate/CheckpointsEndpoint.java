package io.tidemark.boot.actuate;

import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.runtime.ProcessingRuntime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Checkpoints of this instance: what was committed, and how long it took. Taking one on request is off by default. */
@Endpoint(id = "checkpoints", defaultAccess = Access.READ_ONLY)
public class CheckpointsEndpoint {

    private static final int ACCEPTED = 202;
    private static final int BAD_REQUEST = 400;
    private static final int UNAVAILABLE = 503;
    private static final String INCREMENTAL = "incremental";

    private final TidemarkProcessors processors;
    private final CheckpointHistory history;

    public CheckpointsEndpoint(TidemarkProcessors processors, CheckpointHistory history) {
        this.processors = processors;
        this.history = history;
    }

    /** Counts and the last checkpoint of every processor. */
    @ReadOperation
    public Checkpoints checkpoints() {
        Map<String, Summary> byProcessor = new TreeMap<>();
        for (String id : ids()) {
            List<CheckpointHistory.Entry> entries = history.entries(id);
            byProcessor.put(id, new Summary(history.counts(id), entries.isEmpty() ? null : entries.get(0)));
        }
        return new Checkpoints(byProcessor);
    }

    /** The last checkpoints of one processor, newest first; {@code null} answers 404. */
    @ReadOperation
    public @Nullable History checkpoints(@Selector String processor) {
        return ids().contains(processor)
                ? new History(processor, history.counts(processor), history.entries(processor))
                : null;
    }

    /** Asks every processor of this instance for a checkpoint; a request without a body. */
    @WriteOperation
    public WebEndpointResponse<Object> take() {
        return takeOf(null);
    }

    /**
     * Asks every processor of this instance for a checkpoint.
     *
     * @param kind {@code incremental}: what changed since the last one, which is how every checkpoint is written
     */
    @WriteOperation
    public WebEndpointResponse<Object> takeOf(@Nullable String kind) {
        if (kind != null && !kind.equals(INCREMENTAL)) {
            return new WebEndpointResponse<>(
                    new Refusal("A checkpoint is of kind '" + INCREMENTAL + "', not '" + shortened(kind) + "'."),
                    BAD_REQUEST);
        }
        ProcessingRuntime runtime = processors.runtime().orElse(null);
        if (runtime == null || !runtime.isRunning()) {
            return new WebEndpointResponse<>(new Refusal("No processor runs on this instance."), UNAVAILABLE);
        }
        List<String> ids = ids();
        ids.forEach(runtime::requestCheckpoint);
        return new WebEndpointResponse<>(new Accepted(INCREMENTAL, ids, "checkpoints"), ACCEPTED);
    }

    private static String shortened(String text) {
        return text.substring(0, Math.min(text.length(), 40));
    }

    private List<String> ids() {
        return processors
                .runtime()
                .map(runtime -> runtime.definitions().stream()
                        .map(definition -> definition.id())
                        .toList())
                .orElse(List.of());
    }

    /**
     * The answer to {@code GET checkpoints}.
     *
     * @param processors by id
     */
    public record Checkpoints(Map<String, Summary> processors) {}

    /**
     * Checkpoints of one processor in short.
     *
     * @param counts since the start
     * @param latest the last one, or {@code null}
     */
    public record Summary(CheckpointHistory.Counts counts, CheckpointHistory.@Nullable Entry latest) {}

    /**
     * Checkpoints of one processor.
     *
     * @param processor its id
     * @param counts since the start
     * @param history the last ones, newest first
     */
    public record History(String processor, CheckpointHistory.Counts counts, List<CheckpointHistory.Entry> history) {}

    /**
     * A request that is carried out at the next record boundary.
     *
     * @param kind what is taken
     * @param processors of which processors
     * @param href where to look, below the actuator's base path
     */
    public record Accepted(String kind, List<String> processors, String href) {}

    /**
     * A request that is not carried out.
     *
     * @param message why not
     */
    public record Refusal(String message) {}
}
