package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.RecordEmitter;
import io.tidemark.api.RecordHandler;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of one task by topic. Records come in runs of one topic, so the last one found is nearly always the one. */
final class TopicHandlers implements RecordHandler {

    private final Map<String, RecordHandler> byTopic;
    private @Nullable String lastTopic;
    private @Nullable RecordHandler last;

    TopicHandlers(Map<String, RecordHandler> byTopic) {
        this.byTopic = Map.copyOf(byTopic);
    }

    @Override
    public void handle(IncomingRecord record, RecordEmitter out) throws Throwable {
        String topic = record.topic();
        RecordHandler handler = last;
        if (handler == null || !topic.equals(lastTopic)) {
            handler = byTopic.get(topic);
            if (handler == null) {
                throw new IllegalStateException("Topic " + topic + " is no input of this processor");
            }
            last = handler;
            lastTopic = topic;
        }
        handler.handle(record, out);
    }
}
