package io.tidemark.codec;

import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.UnstorableValue;
import io.tidemark.api.VersionedCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityResult;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Avro's records as state: {@code version (1) | Avro binary}. The schemas they were written with are kept with the state, and Avro's own rules say
 * what a later schema reads. What is stored never chooses a class: it is only ever the writer's side, and classes it names are refused.
 *
 * @param <T> a generated class, or {@link GenericRecord}
 */
public final class AvroStateCodec<T> implements VersionedCodec<T> {

    private static final String ID = "avro";

    private final Class<?> type;
    private final Schema schema;
    private final GenericData data;
    private final History history;
    private final int version;
    private final DatumWriter<T> writer;
    private final List<DatumReader<T>> readers = new ArrayList<>();

    private AvroStateCodec(Class<?> type, Schema schema, GenericData data, @Nullable History history) {
        this.type = type;
        this.schema = schema;
        this.data = data;
        this.history = history == null ? History.of(AvroSchemas.text(schema)) : history;
        this.version = this.history.schemas().indexOf(AvroSchemas.text(schema));
        if (version < 0) {
            throw new IllegalArgumentException("A history that does not name the schema of this codec");
        }
        boolean specific = data instanceof SpecificData;
        this.writer = specific
                ? new SpecificDatumWriter<>(schema, (SpecificData) data)
                : new GenericDatumWriter<>(schema, data);
        for (String each : this.history.schemas()) {
            Schema written = AvroSchemas.parse(each);
            readers.add(
                    specific
                            ? new SpecificDatumReader<>(written, schema, (SpecificData) data)
                            : new GenericDatumReader<>(written, schema, data));
        }
    }

    /** Of a class that Avro generated. */
    public static <T extends SpecificRecord> AvroStateCodec<T> of(Class<T> type) {
        SpecificData data = new SpecificData(type.getClassLoader());
        SpecificData.getForClass(type).getConversions().forEach(data::addLogicalTypeConversion);
        data.setFastReaderEnabled(false); // it makes objects of classes that a schema names
        return new AvroStateCodec<>(type, SpecificData.get().getSchema(type), data, null);
    }

    /**
     * Of records without a class. Their texts come back as the schema says: as {@code String} where it has {@code "avro.java.string":
     * "String"}, else as Avro's {@code Utf8}; a record that holds the other kind is refused.
     *
     * @param schema of every record that is set
     */
    public static AvroStateCodec<GenericRecord> generic(Schema schema) {
        GenericData data = new GenericData();
        data.setFastReaderEnabled(false); // it makes objects of classes that a schema names
        return new AvroStateCodec<>(GenericData.Record.class, AvroSchemas.parse(AvroSchemas.text(schema)), data, null);
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String schema() {
        return AvroSchemas.text(schema);
    }

    @Override
    public byte[] encode(T value) {
        if (value.getClass() != type) {
            throw new UnstorableValue(
                    "a " + value.getClass().getName() + " stands where " + type.getName() + " is declared");
        }
        if (value instanceof GenericRecord record
                && !(value instanceof SpecificRecord)
                && !record.getSchema().equals(schema)) {
            throw new UnstorableValue("a record has another schema than the state: "
                    + record.getSchema().getFullName());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(version);
        try {
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
            writer.write(value, encoder);
            encoder.flush();
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public T decode(byte[] bytes) {
        ValueInput in = new ValueInput(bytes);
        int written = in.read();
        if (written < 0 || written >= readers.size()) {
            throw new IllegalArgumentException("Schema " + written + " of " + readers.size());
        }
        T value = decode(in, readers.get(written));
        in.requireEnd();
        return value;
    }

    private static <T> T decode(ValueInput in, DatumReader<T> reader) {
        try {
            return reader.read(null, new BoundedAvroDecoder(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public CodecFit fit(StoredFormat stored) {
        if (!stored.id().equals(ID)) {
            return CodecFit.misfit("stored as " + stored.id() + ", declared as Avro's " + schema.getFullName());
        }
        History before = History.parse(stored.schema());
        int own = before.schemas().indexOf(schema());
        Set<String> misfits = new LinkedHashSet<>();
        Set<String> drops = new LinkedHashSet<>();
        for (int i = 0; i < before.schemas().size(); i++) {
            Schema written = AvroSchemas.parse(before.schemas().get(i));
            SchemaCompatibilityResult result = SchemaCompatibility.checkReaderWriterCompatibility(schema, written)
                    .getResult();
            if (result.getCompatibility() != SchemaCompatibilityType.COMPATIBLE) {
                for (Incompatibility each : result.getIncompatibilities()) {
                    misfits.add(
                            schema.getName() + each.getLocation() + ": " + each.getType() + ", " + each.getMessage());
                }
            } else if (i > own) {
                AvroSchemas.drops(written, schema, drops);
            }
        }
        return new CodecFit(List.copyOf(misfits), List.copyOf(drops), before.isPast(schema()));
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
        return new AvroStateCodec<>(type, schema, data, History.parse(format.schema()));
    }

    /** Made up without a class, written, and read as what the state holds. */
    @Override
    public List<T> samples() {
        List<T> samples = new ArrayList<>();
        for (byte[] bytes : AvroSchemas.samples(schema)) {
            samples.add(decode(new ValueInput(bytes), readers.get(version)));
        }
        return samples;
    }

    @Override
    public boolean same(T written, T read) {
        return AvroSchemas.same(written, read);
    }

    @Override
    public boolean hasStableBytes(T value) {
        return !AvroSchemas.hasMaps(schema);
    }

    @Override
    public boolean isProven() {
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AvroStateCodec<?> that && type == that.type && schema.equals(that.schema);
    }

    @Override
    public int hashCode() {
        return schema.hashCode();
    }
}
