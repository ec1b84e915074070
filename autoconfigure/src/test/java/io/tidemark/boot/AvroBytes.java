package io.tidemark.boot;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/** Avro as it is common on Kafka, a zero byte and a schema id before the record, with a fixed table instead of a registry. */
public final class AvroBytes {

    static final Schema PAYMENT = SchemaBuilder.record("Payment")
            .fields()
            .requiredString("customer")
            .requiredLong("cents")
            .endRecord();

    private static final Map<Integer, Schema> BY_ID = Map.of(7, PAYMENT);

    private AvroBytes() {}

    public static final class AvroSerializer implements Serializer<GenericRecord> {

        @Override
        public byte[] serialize(String topic, GenericRecord record) {
            try {
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(7).array());
                BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
                new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
                encoder.flush();
                return out.toByteArray();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public static final class AvroDeserializer implements Deserializer<GenericRecord> {

        @Override
        public GenericRecord deserialize(String topic, byte[] data) {
            ByteBuffer in = ByteBuffer.wrap(data);
            Schema schema = in.remaining() < 5 || in.get() != 0 ? null : BY_ID.get(in.getInt());
            if (schema == null) {
                throw new SerializationException("No schema for " + data.length + " bytes");
            }
            try {
                return new GenericDatumReader<GenericRecord>(schema)
                        .read(null, DecoderFactory.get().binaryDecoder(data, 5, data.length - 5, null));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
