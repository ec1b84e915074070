package io.tidemark.codec;

import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.VersionedCodec;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values of any type of the universe. The names of fields, constants and alternatives are stored once, as the schema of the state; a value
 * holds only what differs.
 *
 * <p>A value: {@code version * 2 + nulls (1)}, then what its {@link Form} writes; of an object whose {@code nulls} byte is taken by the first.
 * The version is the place of the value's schema in the {@link History} of the state. A few types have compact formats of their own
 * ({@link RawCodecs}) and are written in these as long as nothing else was; where a state passes from such a format to this one,
 * {@code 0xFF} stands before each value of this one, and one more byte behind it where it would be as long as one of the former.
 *
 * @param <T> the values' type
 */
public final class ObjectCodec<T> implements VersionedCodec<T> {

    static final String ID = "object";

    private final StoredType<T> type;
    private final @Nullable StateCodec<T> asRaw;
    private final List<Migration> migrations;
    private final History history;
    private final int version;
    private final Form form;
    private final @Nullable ObjectForm object;
    private final int guess;
    private final @Nullable RawEntry escape;
    private final @Nullable Reading[] earlier;

    /**
     * @param asRaw whether values are written in the compact format of the type, because nothing else was yet
     */
    private ObjectCodec(StoredType<T> type, List<Migration> migrations, History history, boolean asRaw) {
        this.asRaw = asRaw ? type.raw() : null;
        this.type = type;
        this.migrations = migrations;
        this.history = history;
        this.form = type.form();
        this.object = form instanceof ObjectForm own ? own : null;
        this.guess = 1 + form.guess();
        this.version = history.schemas().indexOf(type.schema());
        if (version < 0) {
            throw new IllegalArgumentException("A history that does not name the schema of this codec");
        }
        RawEntry raw = null;
        this.earlier = new Reading[history.schemas().size()];
        for (int i = 0; i < earlier.length; i++) {
            if (i != version) {
                String schema = history.schemas().get(i);
                Judged judged = judge(schema);
                if (!judged.misfits().isEmpty()) {
                    throw new IllegalArgumentException(String.join("; ", judged.misfits()));
                }
                raw = RawEntry.isRaw(schema) ? RawEntry.parse(schema) : raw;
                earlier[i] = judged.reading();
            }
        }
        this.escape = raw;
    }

    /** How an entry of the history is read. */
    private record Judged(Reading reading, List<String> misfits, List<String> drops) {}

    /**
     * @param type a class or a parameterized type such as {@code List<Item>}
     * @throws UnstorableType when values of the type cannot be proven to come back as they are
     */
    public static <T> ObjectCodec<T> of(Type type) {
        return of(type, List.of());
    }

    static <T> ObjectCodec<T> of(Type type, List<Migration> migrations) {
        StoredType<T> stored = StoredType.of(type);
        return new ObjectCodec<>(stored, migrations, History.of(stored.schema()), true);
    }

    @Override
    public String id() {
        StateCodec<T> raw = type.raw();
        return raw == null ? ID : raw.id();
    }

    @Override
    public String schema() {
        StateCodec<T> raw = type.raw();
        return raw == null ? type.schema() : raw.schema();
    }

    @Override
    public CodecFit fit(StoredFormat stored) {
        StateCodec<T> raw = type.raw();
        if (raw != null && raw.id().equals(stored.id())) {
            CodecFit fit = raw.fit(stored);
            if (fit.isReadable() || migrations.isEmpty()) {
                return fit;
            }
        }
        History before = historyOf(stored);
        List<String> misfits = new ArrayList<>();
        Set<String> drops = new LinkedHashSet<>();
        String rawSchema = raw == null ? type.schema() : RawEntry.text(raw.format());
        boolean behind = before.isPast(type.schema()) || before.isPast(rawSchema);
        int own = Math.max(
                before.schemas().indexOf(type.schema()), before.schemas().indexOf(rawSchema));
        for (int i = 0; i < before.schemas().size(); i++) {
            if (i != own) {
                Judged judged = judge(before.schemas().get(i));
                judged.misfits().forEach(misfit -> {
                    if (!misfits.contains(misfit)) {
                        misfits.add(misfit);
                    }
                });
                if (i > own) {
                    drops.addAll(judged.drops());
                }
            }
        }
        return new CodecFit(misfits, List.copyOf(drops), behind);
    }

    private static History historyOf(StoredFormat stored) {
        return stored.id().equals(ID) ? History.parse(stored.schema()) : History.of(RawEntry.text(stored));
    }

    /**
     * By the type itself where that loses nothing, else by an earlier type that somebody migrates from, without loss first: what a migration says
     * is not to be passed over because fields of other names can be left out.
     */
    private Judged judge(String schema) {
        Judged own = judge(schema, type);
        if (own.misfits().isEmpty() && own.drops().isEmpty()) {
            return own;
        }
        Judged other = null;
        for (Migration migration : migrations) {
            Judged from = judge(schema, migration.from());
            if (from.misfits().isEmpty()
                    && (other == null || from.drops().size() < other.drops().size())) {
                other = new Judged(migrating(migration, from.reading()), List.of(), from.drops());
            }
        }
        boolean better =
                other != null && (!own.misfits().isEmpty() || other.drops().isEmpty());
        return better && other != null ? other : own;
    }

    private static Reading migrating(Migration migration, Reading earlier) {
        return earlier instanceof HeadedReading headed
                ? new HeadedReading() {
                    @Override
                    public Object read(ValueInput in, boolean anyNull) {
                        return migration.migrate(headed.read(in, anyNull));
                    }

                    @Override
                    public Object read(ValueInput in) {
                        return migration.migrate(headed.read(in));
                    }
                }
                : in -> migration.migrate(earlier.read(in));
    }

    private static Judged judge(String schema, StoredType<?> type) {
        Fit fit = new Fit();
        if (RawEntry.isRaw(schema)) {
            return new Judged(RawEntry.parse(schema).readingAs(type, fit), fit.misfits(), fit.drops());
        }
        if (!schema.startsWith(StoredType.PREFIX)) {
            FormerValues former = type.former();
            List<String> misfits = former.misfits(schema);
            Reading reading = misfits.isEmpty() ? former.readingOf(schema) : in -> in;
            return new Judged(reading, misfits, List.of());
        }
        Shape stored = Shape.parse(schema.substring(StoredType.PREFIX.length()));
        Reading reading = fit.whole(type.form(), stored);
        if (fit.misfits().isEmpty()) {
            EvolutionTest.check(type.form(), stored, reading, fit);
        }
        return new Judged(reading, fit.misfits(), fit.drops());
    }

    @Override
    public StoredFormat formatAfter(@Nullable StoredFormat stored) {
        if (stored == null) {
            return format();
        }
        StateCodec<T> raw = type.raw();
        if (raw != null && raw.id().equals(stored.id()) && raw.fit(stored).isReadable()) {
            return raw instanceof VersionedCodec<T> versioned ? versioned.formatAfter(stored) : stored;
        }
        return new StoredFormat(ID, historyOf(stored).with(type.schema()).text());
    }

    @Override
    public StateCodec<T> boundTo(StoredFormat format) {
        StateCodec<T> raw = type.raw();
        if (raw != null && raw.id().equals(format.id())) {
            return raw instanceof VersionedCodec<T> versioned ? versioned.boundTo(format) : raw;
        }
        if (!format.id().equals(ID)) {
            throw new IllegalArgumentException("A format " + format.id() + " that this codec does not write");
        }
        return new ObjectCodec<>(type, migrations, History.parse(format.schema()), false);
    }

    @Override
    public byte[] encode(T value) {
        if (object != null && escape == null) {
            ValueOutput out = new ValueOutput(guess);
            object.write(version << 1, value, out);
            return out.toBytes();
        }
        return asRaw != null ? asRaw.encode(value) : encoded(value).toBytes();
    }

    private ValueOutput encoded(Object value) {
        ValueOutput out = new ValueOutput(guess);
        if (escape != null) {
            out.write(RawEntry.ESCAPE);
        }
        int head = version << 1;
        if (object != null) {
            object.write(head, value, out);
        } else {
            out.write(head);
            form.write(value, out);
        }
        if (escape != null && escape.isAsLongAs(out.position())) {
            out.write(0);
        }
        return out;
    }

    /** Sets and maps without an order may be walked in another one each time. */
    @Override
    public boolean hasStableBytes(T value) {
        return !encoded(value).isUnordered();
    }

    @Override
    public T decode(byte[] bytes) {
        if (asRaw != null) {
            return asRaw.decode(bytes);
        }
        ValueInput in = new ValueInput(bytes);
        if (escape != null && !escape.isEscaped(bytes)) {
            return type.cast(raw().read(in));
        }
        if (escape != null) {
            in.read();
        }
        T value = type.cast(read(in));
        if (escape != null && escape.isAsLongAs(bytes.length - 1) && in.left() == 1) {
            in.read();
        }
        in.requireEnd();
        return value;
    }

    private Reading raw() {
        for (int i = 0; i < earlier.length; i++) {
            Reading reading = earlier[i];
            if (reading != null && RawEntry.isRaw(history.schemas().get(i))) {
                return reading;
            }
        }
        throw new IllegalStateException("There is an entry of a raw format");
    }

    private @Nullable Object read(ValueInput in) {
        int head = in.read();
        int written = head >> 1;
        if (written < 0 || written >= earlier.length) {
            throw new IllegalArgumentException("Schema " + written + " of " + earlier.length);
        }
        boolean nulls = (head & 1) != 0;
        if (written == version) {
            return object != null ? object.read(in, nulls) : read(form, in, nulls);
        }
        Reading reading = earlier[written];
        if (reading == null) {
            throw new IllegalStateException("Every entry but the present one has a reading");
        }
        return reading instanceof HeadedReading headed ? headed.read(in, nulls) : read(reading, in, nulls);
    }

    private static @Nullable Object read(Reading reading, ValueInput in, boolean nulls) {
        if (nulls) {
            throw new IllegalArgumentException("No object, so nothing of it is null");
        }
        return reading.read(in);
    }

    @Override
    public List<T> samples() {
        List<T> samples = new ArrayList<>();
        form.samples(SAMPLE_DEPTH).forEach(sample -> samples.add(type.cast(sample)));
        return samples;
    }

    private static final int SAMPLE_DEPTH = 4;

    /** Not where no value could be made of a part, or where a class may hold what its constructor would not take. */
    @Override
    public boolean isProven() {
        return type.proven();
    }

    @Override
    public boolean same(T written, T read) {
        return Contents.same(written, read);
    }

    /** Handlers that name the same state declare it twice; the declarations are the same when the types are. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ObjectCodec<?> that
                && type.type().equals(that.type.type())
                && migrations.equals(that.migrations);
    }

    @Override
    public int hashCode() {
        return type.type().hashCode();
    }
}
