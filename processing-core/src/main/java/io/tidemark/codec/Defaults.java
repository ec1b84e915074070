package io.tidemark.codec;

import java.util.BitSet;
import java.util.List;

/** Values of {@link io.tidemark.api.StateDefault}. */
final class Defaults {

    private Defaults() {}

    /**
     * @throws IllegalArgumentException when the text is no value of that form
     */
    static Object parse(Form form, String text) {
        try {
            if (form instanceof ScalarForm scalar) {
                return scalar.parse(text);
            }
            if (form instanceof EnumForm constants) {
                return constants.parse(text);
            }
            if (form instanceof OptionalForm optional) {
                return text.isEmpty() ? optional.absent() : optional.of(parse(optional.content(), text));
            }
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("@StateDefault(\"" + text + "\") is no value of its type", e);
        }
        if (text.isEmpty() && form.shape() instanceof Shape.Container) {
            // the bytes of any container that holds nothing
            return form.read(new ValueInput(new byte[] {(byte) (2 * emptyOrder(form.shape()))}));
        }
        throw new IllegalArgumentException("@StateDefault(\"" + text
                + "\") cannot be read as its type; use the constructor instead, which is given null");
    }

    /** Whether a value of the form can be changed, so that no two objects may share it. */
    static boolean isChangeable(Form form) {
        return form.shape() instanceof Shape.Container
                || (form instanceof ScalarForm scalar
                        && (scalar.type() == byte[].class || scalar.type() == BitSet.class));
    }

    private static int emptyOrder(Shape shape) {
        String kind = ((Shape.Container) shape).kind();
        if (List.of("list", "array", "collection").contains(kind)) {
            return ContainerHead.LIST;
        }
        return kind.startsWith("sorted") ? ContainerHead.SORTED : ContainerHead.FILLED;
    }
}
