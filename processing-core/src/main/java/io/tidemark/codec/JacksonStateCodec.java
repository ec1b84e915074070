package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import io.tidemark.api.StateCodecFactory;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/**
 * JSON by Jackson, for classes that were written for it: {@code @State(codec = JacksonStateCodec.class)}. Annotations hold; the application's
 * mapper and its modules do not. The first value of each class is tested before it is committed, but changes of the class are not judged at start:
 * they follow Jackson's rules, value by value. Class names in JSON ({@code @JsonTypeInfo} with {@code CLASS}) are refused.
 */
public final class JacksonStateCodec implements StateCodecFactory {

    @Override
    public StateCodec<?> codecFor(Type type) {
        return new Json<>(type);
    }

    private static final class Json<T> implements StateCodec<T> {

        private final Type type;
        private final JsonMapper mapper;
        private final ObjectWriter writer;
        private final ObjectReader reader;

        Json(Type type) {
            this.type = type;
            this.mapper = JsonMapper.builder()
                    .polymorphicTypeValidator(
                            BasicPolymorphicTypeValidator.builder().build())
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .build();
            var javaType = mapper.constructType(type);
            this.writer = mapper.writerFor(javaType);
            this.reader = mapper.readerFor(javaType);
        }

        @Override
        public String id() {
            return "jackson";
        }

        @Override
        public String schema() {
            return "json";
        }

        @Override
        public byte[] encode(T value) {
            return writer.writeValueAsBytes(value);
        }

        @Override
        public T decode(byte[] bytes) {
            T value = reader.readValue(bytes);
            if (value == null) {
                throw new IllegalArgumentException("Null where a value is stored");
            }
            return value;
        }

        /** Field by field, or as the class itself says. */
        @Override
        public boolean same(T written, T read) {
            return Contents.same(written, read) || (written.getClass() == read.getClass() && written.equals(read));
        }

        @Override
        public boolean hasStableBytes(T value) {
            return false;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Json<?> that && type.equals(that.type);
        }

        @Override
        public int hashCode() {
            return type.hashCode();
        }
    }
}
