package io.tidemark.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own with the tests' class path: what it says is kept, and it can be told things, stopped, continued and killed. */
final class ChildJvm implements AutoCloseable {

    private static final Duration MOST = Duration.ofSeconds(60);

    private final String name;
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private final Thread reader;
    private final long startedAt = System.nanoTime();

    private ChildJvm(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.reader = new Thread(() -> read(log), name + "-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * @param before class path entries that come before the tests' own
     * @param log where its output goes as well
     */
    static ChildJvm start(
            String name, List<Path> before, List<String> options, String main, List<String> arguments, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.addAll(Arrays.stream(System.getProperty("child.jvm.options", "").split(" "))
                .filter(option -> !option.isBlank())
                .toList());
        command.addAll(options);
        command.add("-cp");
        StringBuilder classPath = new StringBuilder();
        before.forEach(entry -> classPath.append(entry).append(System.getProperty("path.separator")));
        command.add(classPath.append(Programs.classPath()).toString());
        command.add(main);
        command.addAll(arguments);
        try {
            Files.createDirectories(log.getParent());
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            // as docs/guarantees.md advises: with an arena for every thread glibc keeps much of what RocksDB has freed
            builder.environment().put("MALLOC_ARENA_MAX", "2");
            Process process = builder.start();
            return new ChildJvm(name, process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(Path log) {
        try (BufferedReader output =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                var file = Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                file.write(line);
                file.newLine();
                file.flush();
                synchronized (lines) {
                    lines.add(line);
                    lines.notifyAll();
                }
            }
        } catch (IOException ignored) {
            // It is gone.
        }
    }

    /** Where its output stands, to wait for what comes after. */
    int mark() {
        synchronized (lines) {
            return lines.size();
        }
    }

    /** Waits for a line after {@code mark} that contains {@code text}, and returns it. */
    String awaitLine(int mark, String text, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        int next = mark;
        while (true) {
            boolean alive = process.isAlive() || reader.isAlive();
            synchronized (lines) {
                for (; next < lines.size(); next++) {
                    if (lines.get(next).contains(text)) {
                        return lines.get(next);
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || !alive) {
                    throw new AssertionError(name + (alive ? " did not say \"" : " ended without saying \"") + text
                            + "\":\n" + output(mark));
                }
                waitFor(Math.min(left, 100));
            }
        }
    }

    private void waitFor(long millis) {
        try {
            lines.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Everything it said. */
    String output() {
        return output(0);
    }

    /** What it said after {@code mark}. */
    String output(int mark) {
        synchronized (lines) {
            return String.join("\n", lines.subList(mark, lines.size()));
        }
    }

    /** Tells it a line. */
    void tell(String line) {
        try {
            OutputStream input = process.getOutputStream();
            input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not listen any more", e);
        }
    }

    /** There is nothing more to tell it. */
    void endInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    long startedAt() {
        return startedAt;
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitEnd(MOST);
    }

    /** SIGTERM, without waiting. */
    void terminate() {
        signal("TERM");
    }

    /** SIGSTOP: it freezes where it is. */
    void freeze() {
        signal("STOP");
    }

    /** SIGCONT. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String signal) {
        try {
            int result = new ProcessBuilder("kill", "-" + signal, Long.toString(pid()))
                    .start()
                    .waitFor();
            if (result != 0) {
                throw new IllegalStateException("kill -" + signal + " " + pid() + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits for its end and returns its exit code. */
    int awaitEnd(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " does not end:\n" + output());
            }
            reader.join(1_000);
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
