package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.Outgoing;
import io.tidemark.api.RecordEmitter;
import io.tidemark.error.ProcessorFailed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Sends what a handler returned. */
final class Results {

    private final List<String> targets;
    private final RecordFormat format;

    /** What a serializer adds to one record: empty for most, and whoever takes the record copies it. */
    private final Map<String, byte[]> headers = new LinkedHashMap<>();

    /**
     * @param targets topics of {@code @SendTo}
     */
    Results(List<String> targets, RecordFormat format) {
        this.targets = List.copyOf(targets);
        this.format = format;
    }

    void send(@Nullable Object result, IncomingRecord record, RecordEmitter out) {
        if (result == null) {
            return;
        }
        if (result instanceof Iterable<?> several && !(result instanceof JsonNode)) {
            for (Object one : several) {
                if (one == null) {
                    throw new ProcessorFailed(
                            "its result holds a null; leave it out, or use Outgoing.tombstone()", null);
                }
                sendOne(one, record, out);
            }
            return;
        }
        sendOne(result, record, out);
    }

    void sendOne(Object result, IncomingRecord record, RecordEmitter out) {
        if (result instanceof Outgoing<?> outgoing) {
            sendOutgoing(outgoing, record, out);
            return;
        }
        if (targets.isEmpty()) {
            throw new ProcessorFailed(
                    "a result names no topic, and there is no @SendTo or @To to say where it goes", null);
        }
        for (int i = 0; i < targets.size(); i++) {
            String topic = targets.get(i);
            if (!headers.isEmpty()) {
                headers.clear();
            }
            out.emit(topic, record.key(), format.writePayload(topic, result, headers), null, headers);
        }
    }

    private void sendOutgoing(Outgoing<?> outgoing, IncomingRecord record, RecordEmitter out) {
        String own = outgoing.topic();
        List<String> topics = own == null ? targets : List.of(own);
        if (topics.isEmpty()) {
            throw new ProcessorFailed(
                    "a result names no topic, and there is no @SendTo or @To to say where it goes", null);
        }
        for (String topic : topics) {
            Object key = outgoing.key();
            byte[] keyBytes = key == null ? record.key() : format.writeKey(topic, key);
            Map<String, byte[]> headers = new LinkedHashMap<>();
            byte[] value = format.writePayload(topic, outgoing.payload(), headers);
            headers.putAll(outgoing.headers());
            out.emit(topic, keyBytes, value, outgoing.timestamp(), headers);
        }
    }
}
