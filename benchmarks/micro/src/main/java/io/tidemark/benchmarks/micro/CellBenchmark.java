package io.tidemark.benchmarks.micro;

import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.codec.ObjectCodec;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.KeyedState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** One record's way into the live state and out of it: key, hash, cell, value. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx2g", "-XX:+UseParallelGC"})
public class CellBenchmark {

    private static final StateDescriptor<ValueState<CodecBenchmark.Total>> TOTAL =
            StateDescriptor.value("total", ObjectCodec.<CodecBenchmark.Total>of(CodecBenchmark.Total.class));

    private static final int AHEAD = 16;

    @Param({"1000", "100000", "1000000"})
    public int keys;

    private final byte[][] coming = new byte[AHEAD][];
    private byte[][] names;
    private KeyedState state;
    private ValueState<CodecBenchmark.Total> total;
    private SplittableRandom random;

    @Setup
    public void prepare() {
        names = new byte[keys][];
        for (int i = 0; i < keys; i++) {
            names[i] = ("customer-" + i).getBytes(StandardCharsets.US_ASCII);
        }
        state = new KeyedState(new InMemoryStateStore(), List.of(TOTAL), Long.MAX_VALUE);
        total = state.state(TOTAL);
        random = new SplittableRandom(1);
        for (byte[] name : names) {
            state.enter(name.clone());
            total.set(new CodecBenchmark.Total(0, 0, 0, 0));
            state.keep();
        }
    }

    @Benchmark
    public void update() {
        state.enter(names[random.nextInt(keys)]);
        CodecBenchmark.Total now = total.get();
        total.set(new CodecBenchmark.Total(now.count() + 1, now.sum(), now.highest(), now.time()));
        state.keep();
    }

    /** The same for sixteen keys that are looked at before. */
    @Benchmark
    @OperationsPerInvocation(AHEAD)
    public void updateAhead() {
        for (int i = 0; i < AHEAD; i++) {
            coming[i] = names[random.nextInt(keys)];
        }
        state.comeCloser(coming, AHEAD);
        for (int i = 0; i < AHEAD; i++) {
            state.enter(coming[i]);
            CodecBenchmark.Total now = total.get();
            total.set(new CodecBenchmark.Total(now.count() + 1, now.sum(), now.highest(), now.time()));
            state.keep();
        }
    }

    @Benchmark
    public void read(Blackhole hole) {
        state.enter(names[random.nextInt(keys)]);
        hole.consume(total.get());
        state.keep();
    }

    /** What the key costs alone. */
    @Benchmark
    public void enter() {
        state.enter(names[random.nextInt(keys)]);
        state.keep();
    }
}
