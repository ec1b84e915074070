package io.tidemark.task;

import io.tidemark.api.RecordEmitter;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.OutputTopics;
import io.tidemark.stream.RecordHeader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects the outputs of one record; nothing leaves it when the handler throws. */
final class Outputs implements RecordEmitter, TaskStep {

    /** W3C trace context: passes from input to outputs so that a trace does not end at a processor. */
    private static final String TRACE_PARENT = "traceparent";

    /** What a record takes beside its key, value and headers, rounded up. */
    private static final int OVERHEAD = 256;

    private static final int SHOWN = 60;

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");

    private final Set<String> knownTopics = new HashSet<>();
    private final List<OutputRecord> records = new ArrayList<>();
    private final int maxRecordBytes;

    /** Nearly always the next one as well, as the same object: saves the hash table a look for each output. */
    private @Nullable String lastTopic;

    private @Nullable InputRecord cause;
    private @Nullable Thread owner;

    private final OutputTopics topics;
    private final Set<String> declared;
    private int version;

    /**
     * @param topics which topics there are
     * @param declared topics that are part of the processor's definition: that one of these is missing is no record's fault
     */
    Outputs(int maxRecordBytes, OutputTopics topics, Set<String> declared) {
        this.maxRecordBytes = maxRecordBytes;
        this.topics = topics;
        this.declared = declared;
        this.version = topics.version();
    }

    void startFor(InputRecord input) {
        int now = topics.version();
        if (now != version) {
            version = now;
            knownTopics.clear();
            lastTopic = null;
        }
        records.clear();
        cause = input;
        owner = Thread.currentThread();
    }

    void drop() {
        records.clear();
        cause = null;
    }

    void finish() {
        cause = null;
    }

    @Override
    public void emit(
            String topic,
            byte @Nullable [] key,
            byte @Nullable [] value,
            @Nullable Long timestamp,
            Map<String, byte[]> headers) {
        InputRecord input = cause;
        if (input == null || owner != Thread.currentThread()) {
            // somebody else's thread may come while the next record is in its call, and would answer for that one
            throw new IllegalStateException("Output is possible only inside the handler call, on that call's thread");
        }
        if (!topic.equals(lastTopic) && !knownTopics.contains(topic)) {
            learn(topic);
        }
        lastTopic = topic;
        if (timestamp != null && timestamp < 0) {
            throw ProcessorFailed.unfit("an output to " + topic + " has the negative timestamp " + timestamp, null);
        }
        int size = OVERHEAD + (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        for (Map.Entry<String, byte[]> header : headers.entrySet()) {
            size += header.getKey().length() * 3 + header.getValue().length;
        }
        if (size > maxRecordBytes) {
            throw ProcessorFailed.unfit(
                    "an output of " + size + " bytes to " + topic + " exceeds the producer's max.request.size of "
                            + maxRecordBytes,
                    null);
        }
        long at = timestamp != null ? timestamp : input.timestamp() < 0 ? OutputRecord.NOW : input.timestamp();
        records.add(new OutputRecord(topic, key, value, at, headers(input, headers)));
    }

    /** Before the producer hears of it, which would wait for it, and all of the worker with it. */
    private void learn(String topic) {
        if (!TOPIC.matcher(topic).matches() || topic.equals(".") || topic.equals("..")) {
            throw ProcessorFailed.unfit("'" + shown(topic) + "' is no topic name", null);
        }
        if (!topics.exists(topic) && !topics.create(topic)) {
            String message = "its output topic " + topic + " does not exist";
            throw new ProcessorFailed(
                    message,
                    declared.contains(topic)
                            ? new EnvironmentRefused(message, "Create topic " + topic + ".", null)
                            : null);
        }
        knownTopics.add(topic);
    }

    /** A name may come from data, and goes into logs and headers. */
    private static String shown(String name) {
        String cut = name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "...";
        return cut.replaceAll("[^a-zA-Z0-9._-]", "?");
    }

    @Override
    public List<OutputRecord> outputs() {
        return records;
    }

    private static List<RecordHeader> headers(InputRecord input, Map<String, byte[]> own) {
        byte[] passed = input.header(TRACE_PARENT);
        if (passed == null && own.isEmpty()) {
            return List.of();
        }
        byte[] trace = own.containsKey(TRACE_PARENT) ? null : passed;
        List<RecordHeader> headers = new ArrayList<>(own.size() + 1);
        own.forEach((name, value) -> headers.add(new RecordHeader(name, value)));
        if (trace != null) {
            headers.add(new RecordHeader(TRACE_PARENT, trace));
        }
        return headers;
    }
}
