package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.StateAccess;
import io.tidemark.api.StateDescriptor;
import io.tidemark.error.ProcessorFailed;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns handler methods into one method handle each per task, from the record to the result: nothing is looked up per record. */
final class Arguments {

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    /** Takes one argument out of a record. */
    @FunctionalInterface
    interface Extractor {
        @Nullable
        Object extract(IncomingRecord record);
    }

    private final StateAccess states;
    private final RecordFormat format;
    private final OutputScope scope;

    Arguments(StateAccess states, RecordFormat format, OutputScope scope) {
        this.states = states;
        this.format = format;
        this.scope = scope;
    }

    /** A handle of type {@code (IncomingRecord)Object}. */
    MethodHandle bind(HandlerMethod method) {
        MethodHandle bound = method.method();
        List<Argument> arguments = method.arguments();
        for (int i = 0; i < arguments.size(); i++) {
            bound = MethodHandles.filterArguments(bound, i, source(arguments.get(i)));
        }
        MethodType type = MethodType.methodType(bound.type().returnType(), IncomingRecord.class);
        MethodHandle fromRecord = arguments.isEmpty()
                ? MethodHandles.dropArguments(bound, 0, IncomingRecord.class)
                : MethodHandles.permuteArguments(bound, type, new int[arguments.size()]);
        return fromRecord.asType(MethodType.methodType(Object.class, IncomingRecord.class));
    }

    /** A handle of type {@code (IncomingRecord, Object)Object} that is given the payload. */
    MethodHandle bindWithPayload(HandlerMethod method) {
        MethodHandle bound = method.method();
        List<Argument> arguments = method.arguments();
        int[] places = new int[arguments.size()];
        Class<?> payloadType = Object.class;
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i) instanceof Argument.Payload payload) {
                places[i] = 1;
                payloadType = payload.type();
            } else {
                bound = MethodHandles.filterArguments(bound, i, source(arguments.get(i)));
            }
        }
        MethodType type = MethodType.methodType(bound.type().returnType(), IncomingRecord.class, payloadType);
        return MethodHandles.permuteArguments(bound, type, places)
                .asType(MethodType.methodType(Object.class, IncomingRecord.class, Object.class));
    }

    /** Where an argument comes from: {@code (IncomingRecord)} to its declared type. */
    private MethodHandle source(Argument argument) {
        if (argument instanceof Argument.StateOf state) {
            return constant(argument.type(), states.state(state.descriptor()));
        }
        if (argument instanceof Argument.StatesOf several) {
            return constant(argument.type(), bundle(several));
        }
        if (argument instanceof Argument.OutputOf output) {
            return constant(argument.type(), scope.output(output.targets()));
        }
        try {
            MethodHandle extract = LOOKUP.findVirtual(
                            Extractor.class, "extract", MethodType.methodType(Object.class, IncomingRecord.class))
                    .bindTo(extractor(argument));
            return extract.asType(MethodType.methodType(argument.type(), IncomingRecord.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("The interface is ours", e);
        }
    }

    private static MethodHandle constant(Class<?> type, Object value) {
        return MethodHandles.dropArguments(MethodHandles.constant(type, value), 0, IncomingRecord.class);
    }

    private Object bundle(Argument.StatesOf several) {
        Object[] handles = new Object[several.states().size()];
        for (int i = 0; i < handles.length; i++) {
            StateDescriptor<?> state = several.states().get(i);
            handles[i] = states.state(state);
        }
        try {
            return several.constructor().invokeWithArguments(handles);
        } catch (Throwable e) {
            throw new IllegalStateException(
                    "The states of " + several.type().getName() + " cannot be bundled: its constructor failed", e);
        }
    }

    private Extractor extractor(Argument argument) {
        if (argument instanceof Argument.Payload payload) {
            return payload(payload, new Payloads(format.payloadReader(payload.generic())));
        }
        if (argument instanceof Argument.KeyOf key) {
            RecordFormat.Reader reader = format.keyReader(key.type());
            if (reader == null) {
                throw new IllegalStateException("Key types are checked when the method is read");
            }
            return record -> Payloads.read("key", reader, record, record.key());
        }
        if (argument instanceof Argument.HeaderOf header) {
            return record -> header(header, record.header(header.name()));
        }
        return IncomingRecord::origin;
    }

    private static Extractor payload(Argument.Payload payload, Payloads payloads) {
        return record -> {
            Object read = payloads.read(record);
            if (read == null) {
                if (payload.nullable()) {
                    return null;
                }
                throw ProcessorFailed.unfit(
                        record.value() == null
                                ? "it has no value (a tombstone) and the payload parameter is not @Nullable"
                                : "its value is null and the payload parameter is not @Nullable",
                        null);
            }
            if (!payload.type().isInstance(read)) {
                throw ProcessorFailed.unfit(
                        "its value was read as " + read.getClass().getName() + ", but the method takes "
                                + payload.type().getName(),
                        null);
            }
            return read;
        };
    }

    private static @Nullable Object header(Argument.HeaderOf header, byte @Nullable [] value) {
        if (value == null && header.required()) {
            throw ProcessorFailed.unfit("it has no header '" + header.name() + "'", null);
        }
        return value == null || header.type() == byte[].class ? value : new String(value, StandardCharsets.UTF_8);
    }
}
