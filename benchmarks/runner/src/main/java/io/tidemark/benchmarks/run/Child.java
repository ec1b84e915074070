package io.tidemark.benchmarks.run;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A process of its own, its output in a file; ended hard when closed. */
final class Child implements AutoCloseable {

    private static final Pattern NOT_OF_A_SERVICE =
            Pattern.compile("(kafka_|kafka-(server|group-coord|transaction-coord|share-coord"
                    + "|metadata|storage|tools|raft|coordinator)|scala-|spring-boot-(starter-)?data-|spring-boot-persistence|spring-boot-netty|spring-data-|spring-oxm|lettuce"
                    + "|netty-|reactor-|embedded-redis|jedis|redis-|spring-boot-(starter-)?test|spring-test|junit|mockito|byte-buddy|assertj|xmlunit"
                    + "|jsonassert|json-(path|smart|2)|awaitility|hamcrest).*");

    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    static Child java(
            String name, String classPath, List<String> options, String main, List<String> arguments, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        return start(name, command, log);
    }

    static Child start(String name, List<String> command, Path log) {
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.redirectOutput(log.toFile());
            return new Child(name, builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The class path of this program. */
    static String classPath() {
        return System.getProperty("java.class.path")
                .replace(File.pathSeparator + File.pathSeparator, File.pathSeparator);
    }

    /**
     * The part of it that a service needs: neither the broker nor the service with Redis nor what tests it.
     *
     * @param notOfThisOne what else is left out, as a part of a path
     */
    static String serviceClassPath(Pattern notOfThisOne) {
        return Arrays.stream(classPath().split(File.pathSeparator, -1))
                .filter(entry -> !NOT_OF_A_SERVICE
                        .matcher(Path.of(entry).getFileName().toString())
                        .matches())
                .filter(entry -> !notOfThisOne.matcher(entry).find())
                .collect(Collectors.joining(File.pathSeparator));
    }

    long pid() {
        return process.pid();
    }

    void awaitLine(String text, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (System.nanoTime() < end) {
            requireAlive();
            try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.UTF_8);
                    Stream<String> all = lines.lines()) {
                if (all.anyMatch(line -> line.contains(text))) {
                    return;
                }
            } catch (IOException | UncheckedIOException e) {
                // Not there yet.
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IllegalStateException(name + " did not say '" + text + "' within " + most + ", see " + log);
    }

    void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " ended with " + process.exitValue() + ", see " + log);
        }
    }

    /** SIGKILL. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
