package io.tidemark.codec;

import com.google.protobuf.Message;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateCodecFactory;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Codecs of the classes that Protobuf generates. */
public final class ProtobufStateCodecs implements StateCodecFactory {

    @Override
    public @Nullable StateCodec<?> codecFor(Type type) {
        return type instanceof Class<?> plain
                        && Message.class.isAssignableFrom(plain)
                        && !Modifier.isAbstract(plain.getModifiers())
                ? ProtobufStateCodec.of(plain.asSubclass(Message.class))
                : null;
    }
}
