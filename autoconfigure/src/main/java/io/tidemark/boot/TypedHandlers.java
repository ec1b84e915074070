package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.RecordEmitter;
import io.tidemark.api.RecordHandler;
import io.tidemark.error.ProcessorFailed;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods that share a topic, by the type of what the deserializer makes of a record. */
final class TypedHandlers implements RecordHandler {

    private record Typed(Class<?> type, boolean nullable, MethodHandle method, Results results) {}

    private final List<Typed> handlers = new ArrayList<>();
    private final Map<Class<?>, Typed> found = new HashMap<>();
    private final Payloads payloads;
    private final OutputScope scope;

    /**
     * @param common what records are read as
     */
    TypedHandlers(
            List<HandlerMethod> methods, Type common, Arguments arguments, RecordFormat format, OutputScope scope) {
        this.payloads = new Payloads(format.payloadReader(common));
        this.scope = scope;
        for (HandlerMethod method : methods) {
            Argument.Payload payload = method.payload().orElseThrow();
            handlers.add(new Typed(
                    payload.type(),
                    payload.nullable(),
                    arguments.bindWithPayload(method),
                    new Results(method.targets(), format)));
        }
    }

    @Override
    public void handle(IncomingRecord record, RecordEmitter out) throws Throwable {
        Object payload = payloads.read(record);
        Typed handler = payload == null ? forTombstone() : forType(payload.getClass());
        scope.enter(record, out);
        try {
            Object result = (Object) handler.method().invokeExact(record, payload);
            handler.results().send(result, record, out);
        } finally {
            scope.leave();
        }
    }

    private Typed forTombstone() {
        for (Typed handler : handlers) {
            if (handler.nullable()) {
                return handler;
            }
        }
        throw ProcessorFailed.unfit("it has no value (a tombstone) and no method of its topic takes one", null);
    }

    private Typed forType(Class<?> type) {
        Typed known = found.get(type);
        if (known == null) {
            known = bestFor(type);
            found.put(type, known);
        }
        return known;
    }

    /** The method whose type fits best: assignable to the type of every other one that fits. */
    private Typed bestFor(Class<?> type) {
        Typed best = null;
        for (Typed handler : handlers) {
            if (handler.type().isAssignableFrom(type) && isBetter(handler, best)) {
                best = handler;
            }
        }
        if (best == null) {
            throw ProcessorFailed.unfit("no method of its topic takes a " + type.getName(), null);
        }
        for (Typed handler : handlers) {
            if (handler.type().isAssignableFrom(type) && !handler.type().isAssignableFrom(best.type())) {
                throw ProcessorFailed.unfit("a " + type.getName() + " fits several methods of its topic equally", null);
            }
        }
        return best;
    }

    private static boolean isBetter(Typed handler, @Nullable Typed than) {
        return than == null || than.type().isAssignableFrom(handler.type());
    }
}
