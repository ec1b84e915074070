package io.tidemark.benchmarks.run;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import redis.embedded.core.ExecutableProvider;

/** A Redis in a process of its own: the one of the machine, or the one of the embedded-redis library. */
final class Redis implements AutoCloseable {

    /** On disk within a second, as its documentation advises; its memory has no limit, since all it keeps is there. */
    static final List<String> SETTINGS =
            List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync", "everysec");

    private final Child process;
    private final int port = Broker.freePort();

    Redis(Path home) throws IOException, InterruptedException {
        Files.createDirectories(home);
        List<String> command =
                new ArrayList<>(List.of(program(), "--port", Integer.toString(port), "--dir", home.toString()));
        command.addAll(SETTINGS);
        this.process = Child.start("redis", command, home.resolveSibling("redis.log"));
        process.awaitLine("eady to accept connections", Duration.ofSeconds(20));
    }

    private static String program() throws IOException {
        Optional<Path> installed = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst();
        return installed.isPresent()
                ? installed.get().toString()
                : ExecutableProvider.newJarResourceProvider().get().getAbsolutePath();
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
    }
}
