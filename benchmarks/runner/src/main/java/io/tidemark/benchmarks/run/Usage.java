package io.tidemark.benchmarks.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/** What the operating system says processes have used (Linux, proc(5)). */
final class Usage {

    /** Clock ticks of /proc in a second; 100 on every Linux that Java runs on. */
    private static final double TICKS = 100;

    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int USER_OF_CHILDREN = 13;
    private static final int SYSTEM_OF_CHILDREN = 14;
    private static final int IDLE = 4;
    private static final int WAITING = 5;

    private Usage() {}

    /** CPU seconds of a process and of its children that have ended, such as those of Redis that rewrite its file. */
    static double cpuSeconds(long pid) {
        String stat = read(Path.of("/proc", Long.toString(pid), "stat"));
        // the name in brackets may hold anything
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return IntStream.of(USER, SYSTEM, USER_OF_CHILDREN, SYSTEM_OF_CHILDREN)
                        .mapToLong(field -> Long.parseLong(fields[field]))
                        .sum()
                / TICKS;
    }

    /** CPU seconds of the whole machine. */
    static double busySeconds() {
        String line = read(Path.of("/proc/stat")).lines().findFirst().orElseThrow();
        String[] fields = line.trim().split("\\s+", -1);
        long sum = Arrays.stream(fields)
                .skip(1)
                .limit(8)
                .mapToLong(Long::parseLong)
                .sum();
        return (sum - Long.parseLong(fields[IDLE]) - Long.parseLong(fields[WAITING])) / TICKS;
    }

    /** Most memory a process has occupied, in bytes. */
    static long peakMemory(long pid) {
        return status(pid, "VmHWM:");
    }

    /** What a process occupies, in bytes. */
    static long memory(long pid) {
        return status(pid, "VmRSS:");
    }

    private static long status(long pid, String name) {
        return read(Path.of("/proc", Long.toString(pid), "status"))
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElse(0);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
