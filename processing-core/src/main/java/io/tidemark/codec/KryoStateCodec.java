package io.tidemark.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Registration;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import com.esotericsoftware.kryo.serializers.CollectionSerializer;
import com.esotericsoftware.kryo.serializers.MapSerializer;
import com.esotericsoftware.kryo.util.DefaultClassResolver;
import com.esotericsoftware.kryo.util.Pool;
import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import java.lang.reflect.Array;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Kryo for one state, to be extended: {@code class Carts extends KryoStateCodec<Cart> { Carts() { super(Cart.class, kryo ->
 * kryo.register(Item.class, 21)); } }}, named by {@code @State(codec = Carts.class)}. Only registered classes are written and read; the ids of
 * registrations are the format and never change.
 *
 * <p>Kryo's bytes say nothing of fields: a class that changes must have a serializer that knows its versions. The registrations are compared at
 * start, the classes are not. Such state has no portable form, so savepoints will refuse it.
 *
 * @param <T> the values' type
 */
public abstract class KryoStateCodec<T> implements StateCodec<T> {

    private static final int MOST_BYTES = 64 << 20;
    private static final int MOST_DEPTH = 500;
    private static final int IDLE = 8;

    private final Class<T> type;
    private final Pool<Kryo> pool;
    private final String schema;

    /**
     * @param type of the values; registered with the first id that is free unless {@code registrations} does it
     * @param registrations registers every other class with an id of its own; run for each instance of Kryo
     */
    protected KryoStateCodec(Class<T> type, Consumer<Kryo> registrations) {
        this.type = type;
        ClassLoader loader = getClass().getClassLoader();
        this.pool = new Pool<>(true, false, IDLE) {
            @Override
            protected Kryo create() {
                return newKryo(type, loader, registrations);
            }
        };
        Kryo first = pool.obtain();
        this.schema = ((Resolver) first.getClassResolver()).text();
        pool.free(first);
    }

    private static Kryo newKryo(Class<?> type, ClassLoader loader, Consumer<Kryo> registrations) {
        Kryo kryo = new Kryo(new Resolver(), null);
        kryo.setRegistrationRequired(true);
        kryo.setMaxDepth(MOST_DEPTH);
        kryo.setClassLoader(loader);
        kryo.addDefaultSerializer(Collection.class, new Elements<Collection<Object>>());
        kryo.addDefaultSerializer(Map.class, new Entries<Map<Object, Object>>());
        kryo.addDefaultSerializer(String[].class, new ObjectArrays());
        kryo.addDefaultSerializer(Object[].class, new ObjectArrays());
        registrations.accept(kryo);
        if (kryo.getClassResolver().getRegistration(type) == null) {
            kryo.register(type);
        }
        return kryo;
    }

    /** Registrations that are told apart: an id is never taken over by another class, and no class is named by bytes. */
    private static final class Resolver extends DefaultClassResolver {

        private final Map<Integer, String> classes = new TreeMap<>();

        @Override
        public Registration register(Registration registration) {
            String before = classes.putIfAbsent(
                    registration.getId(), registration.getType().getName());
            if (before != null && !before.equals(registration.getType().getName())) {
                throw new IllegalArgumentException("id " + registration.getId() + " is registered for " + before
                        + " and for " + registration.getType().getName());
            }
            return super.register(registration);
        }

        @Override
        protected Registration readName(Input input) {
            throw new KryoException("A class named by bytes");
        }

        String text() {
            StringBuilder text = new StringBuilder();
            classes.forEach((id, name) -> text.append(text.isEmpty() ? "" : ",")
                    .append(id)
                    .append('=')
                    .append(name));
            return text.toString();
        }
    }

    /** Sizes are believed only as far as there are bytes. */
    private static final class Elements<C extends Collection<Object>> extends CollectionSerializer<C> {
        @Override
        protected C create(Kryo kryo, Input input, Class<? extends C> of, int size) {
            requireLeft(input, size);
            return super.create(kryo, input, of, size);
        }
    }

    /** The same for maps. */
    private static final class Entries<M extends Map<Object, Object>> extends MapSerializer<M> {
        @Override
        protected M create(Kryo kryo, Input input, Class<? extends M> of, int size) {
            requireLeft(input, size);
            return super.create(kryo, input, of, size);
        }
    }

    /** Arrays of objects: the count, then each element with its class. */
    private static final class ObjectArrays extends Serializer<Object[]> {
        @Override
        public void write(Kryo kryo, Output output, Object[] array) {
            output.writeVarInt(array.length, true);
            for (Object each : array) {
                kryo.writeClassAndObject(output, each);
            }
        }

        @Override
        public Object[] read(Kryo kryo, Input input, Class<? extends Object[]> of) {
            int length = input.readVarInt(true);
            requireLeft(input, length);
            Object[] array = (Object[]) Array.newInstance(of.getComponentType(), length);
            for (int i = 0; i < length; i++) {
                array[i] = kryo.readClassAndObject(input);
            }
            return array;
        }
    }

    private static void requireLeft(Input input, int count) {
        if (count < 0 || count > input.limit() - input.position()) {
            throw new KryoException(count + " things where " + (input.limit() - input.position()) + " bytes are left");
        }
    }

    /** Kryo makes arrays of any length that stands there. */
    private static final class BoundedInput extends Input {

        BoundedInput(byte[] bytes) {
            super(bytes);
        }

        @Override
        public byte[] readBytes(int length) {
            requireLeft(this, length);
            return super.readBytes(length);
        }

        @Override
        public int[] readInts(int length) {
            requireLeft(this, length);
            return super.readInts(length);
        }

        @Override
        public long[] readLongs(int length) {
            requireLeft(this, length);
            return super.readLongs(length);
        }

        @Override
        public int[] readInts(int length, boolean optimizePositive) {
            requireLeft(this, length);
            return super.readInts(length, optimizePositive);
        }

        @Override
        public long[] readLongs(int length, boolean optimizePositive) {
            requireLeft(this, length);
            return super.readLongs(length, optimizePositive);
        }

        @Override
        public double[] readDoubles(int length) {
            requireLeft(this, length);
            return super.readDoubles(length);
        }

        @Override
        public float[] readFloats(int length) {
            requireLeft(this, length);
            return super.readFloats(length);
        }

        @Override
        public short[] readShorts(int length) {
            requireLeft(this, length);
            return super.readShorts(length);
        }

        @Override
        public char[] readChars(int length) {
            requireLeft(this, length);
            return super.readChars(length);
        }

        @Override
        public boolean[] readBooleans(int length) {
            requireLeft(this, length);
            return super.readBooleans(length);
        }
    }

    @Override
    public final String id() {
        return "kryo";
    }

    @Override
    public final String schema() {
        return schema;
    }

    @Override
    public final byte[] encode(T value) {
        Kryo kryo = pool.obtain();
        try (Output out = new Output(64, MOST_BYTES)) {
            kryo.writeClassAndObject(out, value);
            return out.toBytes();
        } finally {
            pool.free(kryo);
        }
    }

    @Override
    public final T decode(byte[] bytes) {
        Kryo kryo = pool.obtain();
        try (Input in = new BoundedInput(bytes)) {
            T value = type.cast(kryo.readClassAndObject(in));
            if (value == null || !in.end()) {
                throw new IllegalArgumentException("Bytes that are no value, or more than one");
            }
            return value;
        } finally {
            pool.free(kryo);
        }
    }

    /** Registrations may be added. */
    @Override
    public final CodecFit fit(StoredFormat stored) {
        if (!stored.id().equals(id())) {
            return CodecFit.misfit("stored as " + stored.id() + ", declared as Kryo's " + type.getSimpleName());
        }
        for (String each : stored.schema().split(",", -1)) {
            if (!("," + schema + ",").contains("," + each + ",")) {
                return CodecFit.misfit("registration " + each + " is gone; what is stored under its id cannot be read");
            }
        }
        return CodecFit.EXACT;
    }

    @Override
    public final boolean same(T written, T read) {
        return Contents.same(written, read);
    }

    @Override
    public boolean hasStableBytes(T value) {
        return false;
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof KryoStateCodec<?> that && getClass() == that.getClass() && schema.equals(that.schema);
    }

    @Override
    public final int hashCode() {
        return getClass().hashCode();
    }
}
