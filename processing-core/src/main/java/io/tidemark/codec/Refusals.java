package io.tidemark.codec;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Types outside the universe, and what to write instead. */
final class Refusals {

    /** By the name of a class or of anything it extends or implements. */
    private static final Map<String, String> INSTEAD = new LinkedHashMap<>();

    static {
        INSTEAD.put(
                "org.apache.avro.generic.IndexedRecord",
                "it is Avro's: use it alone, as the whole type of a state, with Avro on the class path");
        INSTEAD.put(
                "com.google.protobuf.MessageLite",
                "it is Protobuf's: use it alone, as the whole type of a state, with Protobuf on the class path");
        INSTEAD.put(
                "tools.jackson.databind.JsonNode",
                "use a record of what you need, the JSON text as String, or @State(codec = JacksonStateCodec.class)");
        INSTEAD.put(
                "com.fasterxml.jackson.databind.JsonNode", "use a record of what you need, or the JSON text as String");
        INSTEAD.put("java.sql.Timestamp", "use Instant");
        INSTEAD.put("java.sql.Date", "use LocalDate");
        INSTEAD.put("java.sql.Time", "use LocalTime");
        INSTEAD.put("java.util.Date", "it says nothing of a zone: use Instant, or LocalDate for a day");
        INSTEAD.put("java.util.Calendar", "use ZonedDateTime");
        INSTEAD.put("java.util.TimeZone", "use ZoneId");
        INSTEAD.put("java.util.concurrent.atomic.AtomicInteger", "use int and replace the value");
        INSTEAD.put("java.util.concurrent.atomic.AtomicLong", "use long and replace the value");
        INSTEAD.put("java.util.concurrent.atomic.AtomicBoolean", "use boolean and replace the value");
        INSTEAD.put("java.util.concurrent.atomic.AtomicReference", "use the type it holds and replace the value");
        INSTEAD.put("java.util.concurrent.atomic.LongAdder", "use long and replace the value");
        INSTEAD.put("java.lang.Number", "use a concrete number such as Long or BigDecimal");
        INSTEAD.put("java.lang.CharSequence", "use String");
        INSTEAD.put("java.net.URL", "use URI");
        INSTEAD.put("java.net.InetAddress", "use its text as String");
        INSTEAD.put("java.nio.file.Path", "use its text as String");
        INSTEAD.put("java.io.File", "use its text as String");
        INSTEAD.put("java.util.regex.Pattern", "use its text as String");
        INSTEAD.put("java.nio.Buffer", "use byte[] or another array");
        INSTEAD.put("java.util.Properties", "use Map<String, String>");
        INSTEAD.put("java.util.IdentityHashMap", "use Map");
        INSTEAD.put("java.util.WeakHashMap", "use Map");
        INSTEAD.put("java.util.Hashtable", "use Map");
        INSTEAD.put("java.lang.Throwable", "use a record with what you need of it");
        INSTEAD.put("java.lang.Class", "use its name as String");
        INSTEAD.put("java.util.stream.BaseStream", "use List");
        INSTEAD.put("java.util.Iterator", "use List");
        INSTEAD.put("java.util.Map$Entry", "use a record of both");
        INSTEAD.put("java.util.Map", "use Map, SortedMap, or one of the JDK's own");
        INSTEAD.put("java.util.List", "use List");
        INSTEAD.put("java.util.Set", "use Set or SortedSet");
        INSTEAD.put("java.lang.Iterable", "use List, Set or Collection");
        INSTEAD.put("java.lang.Comparable", "use the type itself");
        INSTEAD.put("java.util.function.", "use data instead of a function");
        INSTEAD.put("java.time.chrono.", "use LocalDate");
        INSTEAD.put("java.lang.Thread", "use data");
    }

    private Refusals() {}

    /** The way out for a class of the JDK, or of a library whose objects are not what their fields are. */
    static String insteadOf(Class<?> type) {
        for (Map.Entry<String, String> entry : INSTEAD.entrySet()) {
            if (is(type, entry.getKey())) {
                return entry.getValue();
            }
        }
        return "use a record of what you need";
    }

    /** Whether objects of the class are more, or other, than their fields. */
    static boolean isForeign(Class<?> type) {
        return is(type, "org.apache.avro.generic.IndexedRecord")
                || is(type, "com.google.protobuf.MessageLite")
                || is(type, "org.apache.thrift.TBase")
                || Containers.isContainer(type)
                || Throwable.class.isAssignableFrom(type)
                || CharSequence.class.isAssignableFrom(type)
                || Number.class.isAssignableFrom(type)
                || AutoCloseable.class.isAssignableFrom(type);
    }

    private static boolean is(Class<?> type, String name) {
        for (Class<?> level = type; level != null; level = level.getSuperclass()) {
            if (matches(level, name)) {
                return true;
            }
            for (Class<?> each : level.getInterfaces()) {
                if (is(each, name)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean matches(Class<?> type, String name) {
        return name.endsWith(".")
                ? type.getName().startsWith(name)
                : type.getName().equals(name);
    }

    /** How a container's own class would be declared. */
    static String containerInsteadOf(Class<?> type) {
        return Map.class.isAssignableFrom(type)
                ? "declare it as Map<...>"
                : Set.class.isAssignableFrom(type)
                        ? "declare it as Set<...>"
                        : Collection.class.isAssignableFrom(type) ? "declare it as List<...>" : insteadOf(type);
    }
}
