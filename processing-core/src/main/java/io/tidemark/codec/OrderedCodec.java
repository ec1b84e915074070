package io.tidemark.codec;

import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.VersionedCodec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Map keys that sort like their values. The bytes never change; of enums in them constants may be added, which the schema keeps track of. */
record OrderedCodec<T>(Class<?> type, OrderedForm<T> form) implements VersionedCodec<T> {

    private static final String ID = "key";
    private static final String OTHER_NAME = "; a state under another name can take over the entries";

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String schema() {
        return form.word();
    }

    @Override
    public byte[] encode(T value) {
        ValueOutput out = new ValueOutput(16);
        form.write(value, out);
        return out.toBytes();
    }

    @Override
    public T decode(byte[] bytes) {
        ValueInput in = new ValueInput(bytes);
        T value = form.read(in);
        in.requireEnd();
        return value;
    }

    @Override
    public CodecFit fit(StoredFormat stored) {
        if (!stored.id().equals(ID)) {
            return CodecFit.misfit("keys are stored as " + stored.id() + ", declared as " + schema() + OTHER_NAME);
        }
        History before = History.parse(stored.schema());
        List<String> misfits = new ArrayList<>();
        for (String each : before.schemas()) {
            compare(type.getSimpleName(), Shape.parse(each), Shape.parse(schema()), misfits);
        }
        return new CodecFit(misfits, List.of(), before.isPast(schema()));
    }

    private static void compare(String path, Shape stored, Shape mine, List<String> misfits) {
        if (stored instanceof Shape.Constants constants && mine instanceof Shape.Constants declared) {
            List<String> gone = new ArrayList<>(constants.names());
            gone.removeAll(declared.names());
            if (!gone.isEmpty()) {
                misfits.add(path + ": constants " + gone
                        + " may be stored and are not declared; in keys they keep their names" + OTHER_NAME);
            }
        } else if (stored instanceof Shape.Fields fields
                && mine instanceof Shape.Fields declared
                && sameNames(fields, declared)) {
            for (int i = 0; i < fields.fields().size(); i++) {
                Shape.Field field = fields.fields().get(i);
                compare(
                        path + "." + field.name(),
                        field.shape(),
                        declared.fields().get(i).shape(),
                        misfits);
            }
        } else if (!stored.equals(mine)) {
            misfits.add(path + ": keys are stored as " + stored.text() + ", declared as " + mine.text() + OTHER_NAME);
        }
    }

    private static boolean sameNames(Shape.Fields a, Shape.Fields b) {
        return a.fields().stream()
                .map(Shape.Field::name)
                .toList()
                .equals(b.fields().stream().map(Shape.Field::name).toList());
    }

    @Override
    public StoredFormat formatAfter(@Nullable StoredFormat stored) {
        return stored == null
                ? format()
                : new StoredFormat(
                        ID, History.parse(stored.schema()).with(schema()).text());
    }

    @Override
    public StateCodec<T> boundTo(StoredFormat format) {
        return this;
    }

    @Override
    public List<T> samples() {
        return form.samples();
    }

    @Override
    public boolean isProven() {
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OrderedCodec<?> that && type == that.type;
    }

    @Override
    public int hashCode() {
        return type.hashCode();
    }
}
