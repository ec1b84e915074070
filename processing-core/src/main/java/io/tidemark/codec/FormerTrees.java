package io.tidemark.codec;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Values of the format before this one as trees of names, lists, texts and numbers, and such trees as values. What a tree does not say is never
 * made up: a field that its schema names and its bytes lack was lost by the release that wrote it, and is told.
 */
final class FormerTrees {

    private FormerTrees() {}

    /** The value a parser stands before. */
    static @Nullable Object read(JsonParser parser) {
        Object tree = tree(parser, parser.nextToken());
        if (parser.nextToken() != null) {
            throw new IllegalArgumentException("More than one value");
        }
        return tree;
    }

    private static @Nullable Object tree(JsonParser parser, @Nullable JsonToken token) {
        if (token == null) {
            throw new IllegalArgumentException("No value");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    fields.put(name, tree(parser, parser.nextToken()));
                }
                yield fields;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                    elements.add(tree(parser, next));
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case VALUE_EMBEDDED_OBJECT -> parser.getBinaryValue();
            default -> throw new IllegalArgumentException("A token that is no value");
        };
    }

    /**
     * The value of a form that a tree describes.
     *
     * @param stored the schema it was written with
     */
    static @Nullable Object valueOf(Form declared, @Nullable Object tree, FormerShape stored) {
        Form form = declared instanceof EnclosingForm enclosing ? enclosing.target() : declared;
        if (form instanceof OptionalForm optional) {
            return tree == null ? optional.absent() : optional.of(valueOf(optional.content(), tree, stored));
        }
        if (tree == null) {
            if (!form.isNullable()) {
                throw new IllegalArgumentException("null is stored where a primitive is declared now");
            }
            return null;
        }
        if (form instanceof ScalarForm scalar) {
            return scalarOf(scalar, tree);
        }
        if (form instanceof EnumForm constants) {
            return constants.parse((String) tree);
        }
        if (form instanceof ObjectForm object) {
            return objectOf(object, fieldsOf(tree), stored);
        }
        if (form instanceof MapForm map) {
            return mapOf(map, fieldsOf(tree), stored);
        }
        if (form instanceof CollectionForm collection) {
            return collectionOf(collection, (List<?>) tree, stored);
        }
        if (form instanceof ArrayForm array) {
            return arrayOf(array, tree, stored);
        }
        throw new IllegalArgumentException("A type whose values were not stored with what they are");
    }

    private static Object objectOf(ObjectForm form, Map<String, @Nullable Object> fields, FormerShape stored) {
        FormerShape.Fields shape = stored instanceof FormerShape.Fields named ? named : null;
        @Nullable Object[] parts = new @Nullable Object[form.slots().length];
        for (Slot slot : form.slots()) {
            String name = nameIn(fields, form, slot);
            if (name != null) {
                FormerShape part = shape == null ? stored : shape.byName().get(slot.name());
                parts[slot.place()] = valueOf(slot.form(), fields.get(name), part == null ? stored : part);
            } else if (shape != null && shape.byName().containsKey(slot.name()) && slot.initial() == null) {
                throw new IllegalArgumentException(
                        "the release that stored it left out its field '" + slot.name() + "'");
            } else {
                boolean initializer = form.hasInitializers() && slot.initial() == null;
                parts[slot.place()] = initializer ? Maker.UNTOUCHED : slot.absent();
            }
        }
        return form.makeAgain(parts);
    }

    /** By its name, by what Jackson was told to call it, or by what it was called before. */
    private static @Nullable String nameIn(Map<String, ?> fields, ObjectForm form, Slot slot) {
        if (fields.containsKey(slot.name())) {
            return slot.name();
        }
        String renamed = renamedByJackson(form.type(), slot.name());
        if (renamed != null && fields.containsKey(renamed)) {
            return renamed;
        }
        if (slot.name().startsWith("is") && slot.name().length() > 2) {
            String property =
                    Character.toLowerCase(slot.name().charAt(2)) + slot.name().substring(3);
            if (fields.containsKey(property)) {
                return property; // by its getter
            }
        }
        for (String former : slot.formerNames()) {
            if (fields.containsKey(former)) {
                return former;
            }
        }
        return null;
    }

    private static @Nullable String renamedByJackson(Class<?> type, String field) {
        for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
            try {
                JsonProperty property = level.getDeclaredField(field).getAnnotation(JsonProperty.class);
                return property == null || property.value().isEmpty() ? null : property.value();
            } catch (NoSuchFieldException e) {
                // of a superclass
            }
        }
        return null;
    }

    private static Object mapOf(MapForm form, Map<String, @Nullable Object> entries, FormerShape stored) {
        FormerShape values = stored instanceof FormerShape.Dictionary dictionary ? dictionary.value() : stored;
        Map<Object, Object> map = form.empty();
        entries.forEach((key, value) -> {
            Object k = form.key() instanceof EnumForm constants
                    ? constants.parse(key)
                    : scalarOf((ScalarForm) form.key(), key);
            MapForm.put(map, k, valueOf(form.value(), value, values));
        });
        return map;
    }

    private static Object collectionOf(CollectionForm form, List<?> elements, FormerShape stored) {
        FormerShape element = stored instanceof FormerShape.Sequence sequence ? sequence.element() : stored;
        Collection<Object> collection = form.empty();
        for (Object each : elements) {
            CollectionForm.add(collection, valueOf(form.element(), each, element));
        }
        if (collection.size() != elements.size()) {
            throw new IllegalArgumentException("Elements that differed are equal");
        }
        return collection;
    }

    /** Characters were written as one text. */
    private static Object arrayOf(ArrayForm form, Object tree, FormerShape stored) {
        if (tree instanceof String text && form.elementType() == char.class) {
            return text.toCharArray();
        }
        List<?> elements = (List<?>) tree;
        FormerShape element = stored instanceof FormerShape.Sequence sequence ? sequence.element() : stored;
        Object array = Array.newInstance(form.elementType(), elements.size());
        for (int i = 0; i < elements.size(); i++) {
            Object value = valueOf(form.element(), elements.get(i), element);
            if (value != null) {
                Array.set(array, i, value);
            }
        }
        return array;
    }

    @SuppressWarnings("unchecked") // names are texts
    private static Map<String, @Nullable Object> fieldsOf(Object tree) {
        if (!(tree instanceof Map<?, ?> fields)) {
            throw new IllegalArgumentException("No fields where an object is declared");
        }
        return (Map<String, @Nullable Object>) fields;
    }

    private static Object scalarOf(ScalarForm form, Object tree) {
        String word = ((Shape.Scalar) form.shape()).base();
        if (tree instanceof Number number) {
            return numberOf(word, number, form);
        }
        if (tree instanceof byte[] bytes) {
            return bytesOf(word, bytes);
        }
        if (tree instanceof Boolean && word.equals("boolean")) {
            return tree;
        }
        if (!(tree instanceof String text)) {
            throw new IllegalArgumentException("A value that is no " + word);
        }
        return word.equals("locale") ? form.parse(text.replace('_', '-')) : form.parse(text);
    }

    private static Object numberOf(String word, Number number, ScalarForm form) {
        BigDecimal exact = number instanceof BigDecimal decimal
                ? decimal
                : number instanceof BigInteger whole ? new BigDecimal(whole) : null;
        return switch (word) {
            case "byte" -> (byte) exactly(number.longValue(), Byte.MIN_VALUE, Byte.MAX_VALUE);
            case "short" -> (short) exactly(number.longValue(), Short.MIN_VALUE, Short.MAX_VALUE);
            case "int" -> (int) exactly(number.longValue(), Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "long" -> exact == null ? number.longValue() : exact.longValueExact();
            case "float" -> number.floatValue();
            case "double" -> number.doubleValue();
            case "bigint" -> exact == null ? BigInteger.valueOf(number.longValue()) : exact.toBigIntegerExact();
            case "decimal" -> exact != null ? exact : new BigDecimal(number.toString());
            case "year" -> form.parse(number.toString());
            default -> throw new IllegalArgumentException("A number that is no " + word);
        };
    }

    private static long exactly(long number, long least, long most) {
        if (number < least || number > most) {
            throw new IllegalArgumentException("A number does not fit its type");
        }
        return number;
    }

    private static Object bytesOf(String word, byte[] bytes) {
        if (word.equals("bytes")) {
            return bytes;
        }
        if (word.equals("uuid") && bytes.length == 2 * Long.BYTES) {
            ByteBuffer both = ByteBuffer.wrap(bytes);
            return new UUID(both.getLong(), both.getLong());
        }
        throw new IllegalArgumentException("Bytes that are no " + word);
    }
}
