package io.tidemark.benchmarks.micro;

import io.tidemark.changelog.EncodedSegment;
import io.tidemark.changelog.SegmentAssembler;
import io.tidemark.changelog.SegmentCodec;
import io.tidemark.changelog.SegmentHeader;
import io.tidemark.changelog.SegmentKind;
import io.tidemark.codec.Lz4Compression;
import io.tidemark.codec.ObjectCodec;
import io.tidemark.state.RowKey;
import io.tidemark.state.StateChange;
import io.tidemark.stream.BaseProgress;
import io.tidemark.stream.CheckpointId;
import io.tidemark.stream.Position;
import io.tidemark.stream.Positions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A delta of small records on its way into the changelog and back, per row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SegmentBenchmark {

    private static final int ROWS = 10_000;
    private static final SegmentHeader HEADER = new SegmentHeader(
            SegmentKind.DELTA,
            new CheckpointId(0, 5, new UUID(2, 2)),
            new CheckpointId(0, 4, new UUID(1, 1)),
            Positions.of(Map.of("orders", Position.at(17))),
            42,
            "app-orders-1-0",
            BaseProgress.NONE,
            null);

    private final SegmentCodec codec = new SegmentCodec(new Lz4Compression(), 900_000, 64 << 20);
    private final List<StateChange> changes = new ArrayList<>();
    private EncodedSegment encoded;

    @Setup
    public void prepare() {
        ObjectCodec<CodecBenchmark.Total> totals = ObjectCodec.of(CodecBenchmark.Total.class);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < ROWS; i++) {
            byte[] key = ("customer-" + random.nextInt(1_000_000)).getBytes(StandardCharsets.US_ASCII);
            changes.add(StateChange.put(
                    RowKey.value("total", key),
                    totals.encode(new CodecBenchmark.Total(
                            random.nextInt(100),
                            random.nextInt(100_000),
                            random.nextInt(1_000),
                            1_732_000_000_000L + random.nextInt(1_000)))));
        }
        encoded = codec.encode(HEADER, changes);
        System.out.println("bytes a row: " + (double) encoded.sizeInBytes() / ROWS);
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public EncodedSegment encode() {
        return codec.encode(HEADER, changes);
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void decode(Blackhole hole) {
        SegmentAssembler assembler = new SegmentAssembler(codec);
        for (byte[] chunk : encoded.chunks()) {
            hole.consume(assembler.accept(chunk));
        }
    }
}
