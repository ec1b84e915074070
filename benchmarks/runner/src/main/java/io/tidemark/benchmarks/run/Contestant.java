package io.tidemark.benchmarks.run;

import io.tidemark.benchmarks.contestant.LimitMain;
import io.tidemark.benchmarks.contestant.RedisMain;
import io.tidemark.benchmarks.contestant.StreamsMain;
import io.tidemark.benchmarks.contestant.StreamsServiceMain;
import io.tidemark.benchmarks.contestant.TidemarkMain;
import io.tidemark.benchmarks.workload.Job;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Who takes part. */
enum Contestant {
    LIMIT(LimitMain.class.getName()),
    TIDEMARK(TidemarkMain.class.getName()),
    STREAMS(StreamsMain.class.getName()),
    FLINK("io.tidemark.benchmarks.flink.FlinkMain"),
    REDIS(RedisMain.class.getName());

    /** Heap of each, as large as it may be from the start. */
    private static final List<String> HEAP = List.of("-Xms2g", "-Xmx2g");

    /** Flink reads fields it may not. */
    private static final List<String> OPENED = List.of(
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.time=ALL-UNNAMED");

    private static final Pattern STREAMS_LIBRARY = Pattern.compile("kafka-streams-");

    /** Our modules, as jars or as directories of classes, and what comes with the starter alone. */
    private static final Pattern OURS = Pattern.compile(
            "tidemark-(processing-core|spring-boot)|/(processing-core|autoconfigure|starter)/target/"
                    + "|resilience4j|actuator|micrometer-(core|jakarta9|registry)|spring-boot-(starter-)?micrometer|HdrHistogram|LatencyUtils");

    private final String main;

    Contestant(String main) {
        this.main = main;
    }

    static Contestant of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether its totals are right: the limit keeps no state. */
    boolean computes() {
        return this != LIMIT;
    }

    boolean needsRedis() {
        return this == REDIS;
    }

    /** The same as an application of Spring Boot, where that is something else. Each has nothing of the other on its class path. */
    Child startAsService(Job job, List<String> options, Path log) {
        return this == STREAMS
                ? start(StreamsServiceMain.class.getName(), Child.serviceClassPath(OURS), job, options, log)
                : start(main, Child.serviceClassPath(STREAMS_LIBRARY), job, options, log);
    }

    Child start(Job job, List<String> options, Path log) {
        return start(main, this == FLINK ? flinkClassPath() : Child.classPath(), job, options, log);
    }

    private Child start(String main, String classPath, Job job, List<String> options, Path log) {
        List<String> all = new ArrayList<>(HEAP);
        if (this == FLINK) {
            all.addAll(OPENED);
        }
        all.addAll(options);
        return Child.java(title(), classPath, all, main, job.arguments(), log);
    }

    private static String flinkClassPath() {
        Path module = Path.of(System.getProperty("benchmarks.flink", "../flink"));
        try {
            return module.resolve("target/classes")
                    + File.pathSeparator
                    + Files.readString(module.resolve("target/classpath")).trim();
        } catch (IOException e) {
            throw new UncheckedIOException("The flink module is not built", e);
        }
    }
}
