package io.tidemark.codec;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.dataformat.cbor.CBORMapper;

/** Components of one type as CBOR. */
final class EmbeddedCbor {

    private final ObjectWriter writer;
    private final ObjectReader reader;

    EmbeddedCbor(Type type, CBORMapper mapper) {
        var javaType = mapper.constructType(type);
        this.writer = mapper.writerFor(javaType);
        this.reader = mapper.readerFor(javaType);
    }

    byte[] encode(Object value) {
        return writer.writeValueAsBytes(value);
    }

    @Nullable
    Object decode(byte[] bytes) {
        return reader.readValue(bytes);
    }
}
