package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import java.lang.reflect.Type;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * Values as CBOR (RFC 8949) with field names. Fields may be added and removed between versions: an unknown field is
 * skipped, a missing one takes its type's default. The declared type is the only class involved.
 *
 * @param <T> the values' type
 */
public final class CborCodec<T> implements StateCodec<T> {

    private static final String ID = "cbor";

    /** One mapper a codec: a shared one would keep the application's classes alive beyond its context. */
    private static CBORMapper newMapper() {
        return CBORMapper.builder()
                // the shape lists them by name; what they call themselves may change, or be the same for two
                .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
                .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .build();
    }

    private final ObjectWriter writer;
    private final ObjectReader reader;
    private final CBORMapper mapper;
    private final Shape shape;
    private final Type type;

    private CborCodec(Type type) {
        this.type = type;
        this.mapper = newMapper();
        var javaType = mapper.constructType(type);
        this.writer = mapper.writerFor(javaType);
        this.reader = mapper.readerFor(javaType);
        this.shape = ShapeReader.shapeOf(type);
    }

    /**
     * @param type a class or a parameterized type such as {@code List<Item>}
     */
    public static <T> CborCodec<T> of(Type type) {
        return new CborCodec<>(type);
    }

    /** For what is written like this inside other values. */
    CBORMapper mapper() {
        return mapper;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String schema() {
        return shape.text();
    }

    @Override
    public byte[] encode(T value) {
        return writer.writeValueAsBytes(value);
    }

    @Override
    public T decode(byte[] bytes) {
        T value = reader.readValue(bytes);
        if (value == null) {
            throw new IllegalArgumentException("CBOR null is not a state value");
        }
        return value;
    }

    @Override
    public boolean reads(String id, String schema) {
        return ID.equals(id) && reads(schema);
    }

    /** Whether values of that shape can be read. */
    boolean reads(String schema) {
        return shape.reads(Shape.parse(schema));
    }

    /** Handlers that name the same state declare it twice; the declarations are the same when the types are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof CborCodec<?> that && type.equals(that.type);
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }
}
