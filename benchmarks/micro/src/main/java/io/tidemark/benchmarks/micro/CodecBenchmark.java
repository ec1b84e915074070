package io.tidemark.benchmarks.micro;

import io.tidemark.api.StateCodec;
import io.tidemark.codec.ObjectCodec;
import java.util.concurrent.TimeUnit;
import org.apache.fory.Fory;
import org.apache.fory.config.Language;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.dataformat.avro.AvroMapper;
import tools.jackson.dataformat.avro.AvroSchema;
import tools.jackson.dataformat.cbor.CBORMapper;
import tools.jackson.dataformat.smile.SmileMapper;

/** Formats a record could be stored in: how quick, how large. Schemas are known to reader and writer wherever the format has any. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {

    /** A small aggregate, as the workloads keep it. */
    public record Total(long count, long sum, int highest, long time) {}

    /** A record with texts and a fraction. */
    public record Profile(String name, String city, double score, boolean active, long since, Integer visits) {}

    /** Bytes of one type and back. */
    interface Format {

        byte[] encode(Object value);

        Object decode(byte[] bytes);
    }

    @Param({"cbor", "smile", "avro", "fory", "record"})
    public String format;

    @Param({"total", "profile"})
    public String type;

    private Format codec;
    private Object value;
    private byte[] bytes;

    @Setup
    public void prepare() {
        value = type.equals("total")
                ? new Total(12, 5_000, 999, 1_732_000_000_000L)
                : new Profile("Ada Lovelace", "London", 0.75, true, 1_732_000_000_000L, 7);
        codec = codec(value.getClass());
        bytes = codec.encode(value);
        System.out.println("bytes of " + type + " as " + format + ": " + bytes.length);
        if (!codec.decode(bytes).equals(value)) {
            throw new IllegalStateException("It reads something else than it wrote");
        }
    }

    @Benchmark
    public byte[] encode() {
        return codec.encode(value);
    }

    @Benchmark
    public Object decode() {
        return codec.decode(bytes);
    }

    private Format codec(Class<?> raw) {
        return switch (format) {
            case "cbor" -> cbor(raw);
            case "record" -> of(ObjectCodec.of(raw));
            case "smile" -> smile(raw);
            case "avro" -> avro(raw);
            case "fory" -> fory(raw);
            default -> throw new IllegalArgumentException(format);
        };
    }

    private static Format of(StateCodec<Object> codec) {
        return new Format() {
            @Override
            public byte[] encode(Object value) {
                return codec.encode(value);
            }

            @Override
            public Object decode(byte[] bytes) {
                return codec.decode(bytes);
            }
        };
    }

    private static Format cbor(Class<?> raw) {
        CBORMapper mapper = CBORMapper.builder().build();
        var writer = mapper.writerFor(raw);
        var reader = mapper.readerFor(raw);
        return new Format() {
            @Override
            public byte[] encode(Object value) {
                return writer.writeValueAsBytes(value);
            }

            @Override
            public Object decode(byte[] bytes) {
                return reader.readValue(bytes);
            }
        };
    }

    private static Format smile(Class<?> raw) {
        SmileMapper mapper = SmileMapper.builder().build();
        var writer = mapper.writerFor(raw);
        var reader = mapper.readerFor(raw);
        return new Format() {
            @Override
            public byte[] encode(Object value) {
                return writer.writeValueAsBytes(value);
            }

            @Override
            public Object decode(byte[] bytes) {
                return reader.readValue(bytes);
            }
        };
    }

    private static Format avro(Class<?> raw) {
        AvroMapper mapper = AvroMapper.builder().build();
        AvroSchema schema = mapper.schemaFor(raw);
        var writer = mapper.writerFor(raw).with(schema);
        var reader = mapper.readerFor(raw).with(schema);
        return new Format() {
            @Override
            public byte[] encode(Object value) {
                return writer.writeValueAsBytes(value);
            }

            @Override
            public Object decode(byte[] bytes) {
                return reader.readValue(bytes);
            }
        };
    }

    private static Format fory(Class<?> raw) {
        Fory fory = Fory.builder()
                .withLanguage(Language.JAVA)
                .requireClassRegistration(true)
                .build();
        fory.register(raw);
        return new Format() {
            @Override
            public byte[] encode(Object value) {
                return fory.serialize(value);
            }

            @Override
            public Object decode(byte[] bytes) {
                return fory.deserialize(bytes);
            }
        };
    }
}
