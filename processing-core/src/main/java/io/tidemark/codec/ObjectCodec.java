package io.tidemark.codec;

import io.tidemark.api.VersionedCodec;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records by position: only the values of the components, in the order of their names; the names are stored once, with the state. All other
 * types, and records that Jackson may be told to write in a way of its own, as CBOR with names ({@link CborCodec}). Components may be added,
 * removed and widened between versions, and a type may pass from one way to the other: a value of an earlier version is read by name.
 *
 * <p>A value: {@code version * 2 + nulls (1)}, then CBOR, or {@code nulls, a bit for each component, if there are any (length / 8, rounded
 * up) | components}. The version is the place of the value's schema in the history. A component is written as {@link ComponentForm} says; one
 * that is null takes no bytes.
 *
 * @param <T> the values' type
 */
public final class ObjectCodec<T> implements VersionedCodec<T> {

    private static final String ID = "object";
    private static final String SEPARATOR = ";";
    /** Before the schema of values that are CBOR. */
    private static final String CBOR = "cbor:";

    private static final int MOST_VERSIONS = 64;

    private final Type type;
    private final CborCodec<T> cbor;
    private final @Nullable RecordForm<T> form;
    private final String schema;
    private final String history;
    private final int version;
    /** Earlier versions by position; the places of CBOR and of this version are empty. */
    private final RecordForm.@Nullable Earlier[] earlier;

    private ObjectCodec(Type type, CborCodec<T> cbor, @Nullable RecordForm<T> form, String schema, String history) {
        this.type = type;
        this.cbor = cbor;
        this.form = form;
        this.schema = schema;
        this.history = history;
        String[] schemas = history.split(SEPARATOR);
        this.version = Arrays.asList(schemas).indexOf(schema);
        if (version < 0 || schemas.length > MOST_VERSIONS) {
            throw new IllegalArgumentException("A history of " + schemas.length + " schemas that is not this codec's");
        }
        this.earlier = new RecordForm.Earlier[schemas.length];
        for (int i = 0; i < schemas.length; i++) {
            if (i != version && !schemas[i].startsWith(CBOR)) {
                RecordLayout layout = RecordLayout.parse(schemas[i]);
                earlier[i] = new RecordForm.Earlier(layout, form == null ? null : form.placesOf(layout));
            }
        }
    }

    /**
     * @param type a class or a parameterized type such as {@code List<Item>}
     */
    public static <T> ObjectCodec<T> of(Type type) {
        CborCodec<T> cbor = CborCodec.of(type);
        RecordForm<T> form = type instanceof Class<?> raw ? RecordForm.of(raw, cbor.mapper()) : null;
        String schema = form == null ? CBOR + cbor.schema() : cbor.schema();
        return new ObjectCodec<>(type, cbor, form, schema, schema);
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String schema() {
        return schema;
    }

    /** Whether values are written by position. */
    boolean isByPosition() {
        return form != null;
    }

    /** Every schema of the history has to be readable: a value may be as old as the state. */
    @Override
    public boolean reads(String id, String stored) {
        return ID.equals(id)
                && Arrays.stream(stored.split(SEPARATOR))
                        .map(each -> each.startsWith(CBOR) ? each.substring(CBOR.length()) : each)
                        .allMatch(cbor::reads);
    }

    @Override
    public String historyAfter(String id, String stored) {
        if (stored.isEmpty()) {
            return schema;
        }
        List<String> schemas = Arrays.asList(stored.split(SEPARATOR));
        if (schemas.contains(schema)) {
            return stored;
        }
        if (schemas.size() >= MOST_VERSIONS) {
            throw new IllegalArgumentException(
                    "it has had " + schemas.size() + " schemas, and there is no room for more");
        }
        return stored + SEPARATOR + schema;
    }

    @Override
    public VersionedCodec<T> withHistory(String history) {
        return history.equals(this.history) ? this : new ObjectCodec<>(type, cbor, form, schema, history);
    }

    @Override
    public byte[] encode(T value) {
        return form == null ? withHead(cbor.encode(value)) : form.encode(version, value);
    }

    private byte[] withHead(byte[] content) {
        byte[] bytes = new byte[content.length + 1];
        bytes[0] = (byte) (version << 1);
        System.arraycopy(content, 0, bytes, 1, content.length);
        return bytes;
    }

    @Override
    public T decode(byte[] bytes) {
        RecordInput in = new RecordInput(bytes);
        int head = in.read();
        int written = head >> 1;
        if (written < 0 || written >= earlier.length) {
            throw new IllegalArgumentException("Schema " + written + " of " + earlier.length);
        }
        boolean nulls = (head & 1) != 0;
        if (written == version && form != null) {
            return form.decode(in, nulls);
        }
        RecordForm.Earlier before = earlier[written];
        if (before == null) {
            if (nulls) {
                throw new IllegalArgumentException("CBOR says itself what is null");
            }
            return cbor.decode(in.readRest());
        }
        return form == null
                ? cbor.decode(before.layout().toCbor(in, nulls, cbor.mapper()))
                : form.decode(in, nulls, before);
    }

    /** Handlers that name the same state declare it twice; the declarations are the same when the types are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectCodec<?> that && type.equals(that.type);
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }
}
