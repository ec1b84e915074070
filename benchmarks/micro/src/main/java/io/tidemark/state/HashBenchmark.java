package io.tidemark.state;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Utils;
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

/** The hash of a key, beside the JDK's and the one Kafka's partitioner takes. In the package of what it measures, which is not public. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HashBenchmark {

    @Param({"9", "16", "36"})
    int length;

    private byte[] key;

    @Setup
    public void prepare() {
        key = new byte[length];
        new SplittableRandom(17).nextBytes(key);
    }

    @Benchmark
    public int ours() {
        return KeyTable.hash(key);
    }

    @Benchmark
    public int jdk() {
        return Arrays.hashCode(key);
    }

    @Benchmark
    public int murmur2() {
        return Utils.murmur2(key);
    }
}
