package io.tidemark.codec;

import io.tidemark.api.CodecFit;
import io.tidemark.api.StateAlias;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.VersionedCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An enum constant as its name. The type comes from the declaration, never from the bytes. A constant that was renamed goes on being written
 * under the name that is stored, because the bytes of a map key are its identity.
 */
final class EnumCodec<E extends Enum<E>> implements VersionedCodec<E> {

    static final String ID = "enum";

    private static final String SEPARATOR = ",";

    private final Class<E> type;
    private final boolean asKey;
    private final Map<E, byte[]> written = new HashMap<>();
    private final Map<String, E> read = new HashMap<>();
    private final String schema;

    /**
     * @param asKey whether the bytes identify an entry, so that no two stored names may become one
     * @param before schemas that were there before this type's, oldest first
     */
    private EnumCodec(Class<E> type, boolean asKey, String history, List<Set<String>> before) {
        this.type = type;
        this.asKey = asKey;
        this.schema = history;
        for (E constant : type.getEnumConstants()) {
            for (String former : formerNames(constant)) {
                read.put(former, constant);
            }
        }
        for (E constant : type.getEnumConstants()) {
            written.put(constant, nameIn(before, constant).getBytes(StandardCharsets.UTF_8));
            read.put(constant.name(), constant);
        }
    }

    static <E extends Enum<E>> EnumCodec<E> of(Class<E> type) {
        return new EnumCodec<>(type, false, declared(type), List.of());
    }

    /** The same for keys of maps. */
    static <E extends Enum<E>> EnumCodec<E> key(Class<E> type) {
        return new EnumCodec<>(type, true, declared(type), List.of());
    }

    /** What is ambiguous about the former names of an enum, or {@code null}. */
    static @Nullable String clash(Class<?> type) {
        Set<String> names = new HashSet<>();
        for (Object constant : type.getEnumConstants()) {
            names.add(((Enum<?>) constant).name());
        }
        for (Object constant : type.getEnumConstants()) {
            for (String former : formerNames((Enum<?>) constant)) {
                if (!names.add(former)) {
                    return "whose constant " + constant + " has the alias '" + former
                            + "', which another one has as its name or alias";
                }
            }
        }
        return null;
    }

    private static String declared(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(SEPARATOR));
    }

    /** The oldest name it is stored under: whatever it was called since, that is what its bytes are. */
    private static String nameIn(List<Set<String>> before, Enum<?> constant) {
        for (Set<String> names : before) {
            if (names.contains(constant.name())) {
                return constant.name();
            }
            for (String former : formerNames(constant)) {
                if (names.contains(former)) {
                    return former;
                }
            }
        }
        return constant.name();
    }

    /** Names a constant had in earlier versions. */
    static List<String> formerNames(Enum<?> constant) {
        try {
            StateAlias alias =
                    constant.getDeclaringClass().getField(constant.name()).getAnnotation(StateAlias.class);
            return alias == null ? List.of() : List.of(alias.value());
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("Each constant is a field", e);
        }
    }

    /** Every name that may be stored. */
    static Set<String> names(String history) {
        Set<String> names = new LinkedHashSet<>();
        History.parse(history).schemas().forEach(schema -> names.addAll(Arrays.asList(schema.split(SEPARATOR))));
        return names;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String schema() {
        return schema;
    }

    @Override
    public byte[] encode(E value) {
        byte[] name = written.get(value);
        if (name == null) {
            throw new IllegalArgumentException("A constant of another enum");
        }
        return name;
    }

    @Override
    public E decode(byte[] bytes) {
        E constant = read.get(new String(bytes, StandardCharsets.UTF_8));
        if (constant == null) {
            throw new IllegalArgumentException("A constant that " + type.getSimpleName() + " does not have");
        }
        return constant;
    }

    @Override
    public CodecFit fit(StoredFormat stored) {
        if (!stored.id().equals(ID)) {
            return CodecFit.misfit("stored as " + stored.id() + ", declared as the enum " + type.getSimpleName());
        }
        List<String> gone = new ArrayList<>(names(stored.schema()));
        gone.removeAll(read.keySet());
        boolean behind = History.parse(stored.schema()).isPast(declared(type));
        String merged = asKey ? merged(stored) : null;
        if (gone.isEmpty() && merged != null) {
            return CodecFit.misfit(merged);
        }
        return gone.isEmpty()
                ? CodecFit.EXACT
                : new CodecFit(
                        List.of("constants " + gone + " may be stored and are not declared by " + type.getSimpleName()
                                + "; if one was renamed, write @StateAlias(\"" + gone.get(0)
                                + "\") on the constant that stands for it"),
                        List.of(),
                        behind);
    }

    private @Nullable String merged(StoredFormat stored) {
        for (String each : History.parse(stored.schema()).schemas()) {
            Set<E> constants = new HashSet<>();
            for (String name : each.split(SEPARATOR, -1)) {
                E constant = read.get(name);
                if (constant != null && !constants.add(constant)) {
                    return "two stored constants became " + constant.name() + ", so keys that differed would be equal";
                }
            }
        }
        return null;
    }

    @Override
    public StoredFormat formatAfter(@Nullable StoredFormat stored) {
        return stored == null
                ? format()
                : new StoredFormat(
                        ID, History.parse(stored.schema()).with(declared(type)).text());
    }

    @Override
    public StateCodec<E> boundTo(StoredFormat format) {
        List<Set<String>> before = new ArrayList<>();
        for (String schema : History.parse(format.schema()).schemas()) {
            before.add(new LinkedHashSet<>(Arrays.asList(schema.split(SEPARATOR, -1))));
        }
        return new EnumCodec<>(type, asKey, format.schema(), before);
    }

    @Override
    public List<E> samples() {
        return List.of(type.getEnumConstants());
    }

    @Override
    public boolean isProven() {
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EnumCodec<?> that && type == that.type && schema.equals(that.schema);
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }
}
