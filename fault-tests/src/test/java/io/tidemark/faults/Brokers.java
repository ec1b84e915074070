package io.tidemark.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The broker most tests share, started by the first that asks, and where all of them keep their files. */
final class Brokers {

    private static BrokerProcess shared;

    private Brokers() {}

    static synchronized BrokerProcess shared() {
        if (shared == null) {
            shared = new BrokerProcess(directory("broker"), Map.of());
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        }
        return shared;
    }

    /** A new directory that stays for a look at it after the tests. */
    static Path directory(String name) {
        try {
            Path root = Files.createDirectories(Path.of("target", "faults").toAbsolutePath());
            return Files.createTempDirectory(root, name + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
