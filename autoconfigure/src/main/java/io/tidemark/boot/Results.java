package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.Outgoing;
import io.tidemark.api.RecordEmitter;
import io.tidemark.error.ProcessorFailed;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Sends what a handler returned. */
final class Results {

    private final List<String> targets;
    private final RecordFormat format;

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
                sendOne(one, record, out);
            }
            return;
        }
        sendOne(result, record, out);
    }

    private void sendOne(Object result, IncomingRecord record, RecordEmitter out) {
        if (result instanceof Outgoing<?> outgoing) {
            sendOutgoing(outgoing, record, out);
            return;
        }
        for (int i = 0; i < targets.size(); i++) {
            String topic = targets.get(i);
            out.emit(topic, record.key(), format.writePayload(topic, result), null, Map.of());
        }
    }

    private void sendOutgoing(Outgoing<?> outgoing, IncomingRecord record, RecordEmitter out) {
        String own = outgoing.topic();
        List<String> topics = own == null ? targets : List.of(own);
        if (topics.isEmpty()) {
            throw new ProcessorFailed("its result names no topic and the method has no @SendTo", null);
        }
        for (String topic : topics) {
            Object key = outgoing.key();
            byte[] keyBytes = key == null ? record.key() : format.writeKey(topic, key);
            byte[] value = format.writePayload(topic, outgoing.payload());
            out.emit(topic, keyBytes, value, outgoing.timestamp(), outgoing.headers());
        }
    }
}
