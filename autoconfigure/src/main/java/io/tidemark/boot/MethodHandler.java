package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.RecordEmitter;
import io.tidemark.api.RecordHandler;
import java.lang.invoke.MethodHandle;

/** The author's method, bound to one task. */
record MethodHandler(MethodHandle method, Results results) implements RecordHandler {

    @Override
    public void handle(IncomingRecord record, RecordEmitter out) throws Throwable {
        Object result = (Object) method.invokeExact(record);
        results.send(result, record, out);
    }
}
