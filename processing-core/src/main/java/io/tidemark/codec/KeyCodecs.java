package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import java.lang.reflect.Type;
import java.util.List;

/** Codecs of the keys of map states. */
final class KeyCodecs {

    private KeyCodecs() {}

    /**
     * @throws UnstorableType when the type has no form that sorts like its values and never changes
     */
    static StateCodec<?> of(Type type) {
        if (type == Long.class) {
            return new LongKeyCodec();
        }
        StateCodec<?> raw = RawCodecs.keyForType(type);
        if (raw != null) {
            return raw;
        }
        if (type instanceof Class<?> plain) {
            OrderedForm<?> form = OrderedForms.of(plain);
            if (form != null) {
                return new OrderedCodec<>(plain, form);
            }
            if (plain.isRecord()) {
                return OrderedRecord.codecOf(plain);
            }
        }
        throw new UnstorableType(List.of("map keys of type " + type.getTypeName()
                + " have no bytes that sort like them and never change; use " + OrderedForms.NAMES
                + ", an enum, or a record of these"));
    }
}
