package io.tidemark.boot;

import io.tidemark.api.IncomingRecord;
import io.tidemark.api.StateAccess;
import io.tidemark.error.ProcessorFailed;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns a handler method into one method handle per task, from the record to the result: nothing is looked up per record. */
final class Arguments {

    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    /** Takes one argument out of a record. */
    @FunctionalInterface
    interface Extractor {
        @Nullable
        Object extract(IncomingRecord record);
    }

    private Arguments() {}

    /**
     * @param method the method, bound to its bean
     * @return a handle of type {@code (IncomingRecord)Object}
     */
    static MethodHandle bind(MethodHandle method, List<Argument> arguments, StateAccess states, RecordFormat format) {
        MethodHandle bound = method;
        for (int i = 0; i < arguments.size(); i++) {
            MethodHandle filter = extractor(arguments.get(i), states, format);
            bound = MethodHandles.filterArguments(bound, i, filter);
        }
        int[] allTheSame = new int[arguments.size()];
        MethodType type = MethodType.methodType(bound.type().returnType(), IncomingRecord.class);
        MethodHandle fromRecord = arguments.isEmpty()
                ? MethodHandles.dropArguments(bound, 0, IncomingRecord.class)
                : MethodHandles.permuteArguments(bound, type, allTheSame);
        return fromRecord.asType(MethodType.methodType(Object.class, IncomingRecord.class));
    }

    private static MethodHandle extractor(Argument argument, StateAccess states, RecordFormat format) {
        if (argument instanceof Argument.StateOf state) {
            Object handle = states.value(state.descriptor());
            return MethodHandles.dropArguments(
                    MethodHandles.constant(argument.type(), handle), 0, IncomingRecord.class);
        }
        try {
            MethodHandle extract = LOOKUP.findVirtual(
                            Extractor.class, "extract", MethodType.methodType(Object.class, IncomingRecord.class))
                    .bindTo(extractorOf(argument, format));
            return extract.asType(MethodType.methodType(argument.type(), IncomingRecord.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("The interface is ours", e);
        }
    }

    private static Extractor extractorOf(Argument argument, RecordFormat format) {
        if (argument instanceof Argument.Payload payload) {
            return payload(payload, format.payloadReader(payload.generic()));
        }
        if (argument instanceof Argument.KeyOf key) {
            RecordFormat.Reader reader = format.keyReader(key.type());
            if (reader == null) {
                throw new IllegalStateException("Key types are checked when the method is read");
            }
            return record -> read("key", reader, record, record.key());
        }
        if (argument instanceof Argument.HeaderOf header) {
            return record -> header(header, record.header(header.name()));
        }
        return IncomingRecord::origin;
    }

    private static Extractor payload(Argument.Payload payload, RecordFormat.Reader reader) {
        return record -> {
            byte[] value = record.value();
            if (value != null) {
                Object read = read("value", reader, record, value);
                if (read == null && !payload.nullable()) {
                    throw new ProcessorFailed("its value is null and the payload parameter is not @Nullable", null);
                }
                return read;
            }
            if (!payload.nullable()) {
                throw new ProcessorFailed(
                        "it has no value (a tombstone) and the payload parameter is not @Nullable", null);
            }
            return null;
        };
    }

    /** The cause may quote what it could not read; only its type goes on. */
    private static @Nullable Object read(String part, RecordFormat.Reader reader, IncomingRecord record, byte[] bytes) {
        try {
            return reader.read(record, bytes);
        } catch (RuntimeException e) {
            throw new ProcessorFailed(
                    "its " + part + " of " + bytes.length + " bytes cannot be read ("
                            + e.getClass().getName() + ")",
                    null);
        }
    }

    private static @Nullable Object header(Argument.HeaderOf header, byte @Nullable [] value) {
        if (value == null && header.required()) {
            throw new ProcessorFailed("it has no header '" + header.name() + "'", null);
        }
        return value == null || header.type() == byte[].class ? value : new String(value, StandardCharsets.UTF_8);
    }
}
