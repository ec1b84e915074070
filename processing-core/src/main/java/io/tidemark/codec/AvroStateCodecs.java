package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import io.tidemark.api.StateCodecFactory;
import java.lang.reflect.Type;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Codecs of the classes that Avro generates. */
public final class AvroStateCodecs implements StateCodecFactory {

    @Override
    public @Nullable StateCodec<?> codecFor(Type type) {
        if (type == GenericRecord.class) {
            throw new IllegalArgumentException("GenericRecord says nothing of its schema; declare a bean"
                    + " StateCodec<GenericRecord> made by AvroStateCodec.generic(schema)");
        }
        return type instanceof Class<?> plain && SpecificRecord.class.isAssignableFrom(plain) && !plain.isInterface()
                ? AvroStateCodec.of(plain.asSubclass(SpecificRecord.class))
                : null;
    }
}
