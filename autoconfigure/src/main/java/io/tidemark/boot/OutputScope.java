package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.Outgoing;
import io.tidemark.api.Output;
import io.tidemark.api.RecordEmitter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the outputs of one task's handlers go at the moment: nowhere, outside a call. */
final class OutputScope {

    private final RecordFormat format;
    private @Nullable IncomingRecord record;
    private @Nullable RecordEmitter out;
    private @Nullable Thread thread;

    OutputScope(RecordFormat format) {
        this.format = format;
    }

    void enter(IncomingRecord record, RecordEmitter out) {
        this.record = record;
        this.out = out;
        this.thread = Thread.currentThread();
    }

    void leave() {
        record = null;
        out = null;
    }

    /** What an {@link Output} parameter with these topics is in this task. */
    Output<Object> output(List<String> targets) {
        return new ScopedOutput(new Results(targets, format));
    }

    private final class ScopedOutput implements Output<Object> {

        private final Results results;

        ScopedOutput(Results results) {
            this.results = results;
        }

        @Override
        public void send(Object payload) {
            IncomingRecord current = record;
            RecordEmitter to = out;
            if (current == null || to == null || thread != Thread.currentThread()) {
                throw new IllegalStateException(
                        "An output is valid only inside the handler call it was passed to, on that call's thread");
            }
            if (payload == null) {
                throw new IllegalArgumentException("An output cannot send null; use Outgoing.tombstone()");
            }
            results.sendOne(payload, current, to);
        }

        @Override
        public void send(Outgoing<?> outgoing) {
            send((Object) outgoing);
        }
    }
}
