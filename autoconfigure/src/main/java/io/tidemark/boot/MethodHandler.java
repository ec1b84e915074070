package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.RecordEmitter;
import io.tidemark.api.RecordHandler;
import java.lang.invoke.MethodHandle;

/** One of the author's methods, bound to one task. */
record MethodHandler(MethodHandle method, Results results, OutputScope scope) implements RecordHandler {

    @Override
    public void handle(IncomingRecord record, RecordEmitter out) throws Throwable {
        scope.enter(record, out);
        try {
            Object result = (Object) method.invokeExact(record);
            results.send(result, record, out);
        } finally {
            scope.leave();
        }
    }
}
