package io.tidemark.faults;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What child JVMs run: the classes of these tests as a jar, which is the failpoint agent as well, and an archive of the classes an
 * application loads, which halves the time it takes to start.
 */
final class Programs {

    private static final Path CLASSES = classes();
    private static final Path JAR = pack();
    private static Path archive;
    private static boolean archived;

    private Programs() {}

    static Path jar() {
        return JAR;
    }

    /** The tests' class path, with the jar in place of the directory. */
    static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists)
                .map(entry -> entry.equals(CLASSES) ? JAR : entry)
                .filter(entry -> !Files.isDirectory(entry) || !isEmpty(entry))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The option to start with the archive; none when no archive could be made, which is only slower. */
    static synchronized List<String> archiveOption() {
        if (!archived) {
            archived = true;
            Path file = JAR.resolveSibling("application.jsa");
            try (ChildJvm trained = ChildJvm.start(
                    "training",
                    List.of(),
                    List.of("-XX:ArchiveClassesAtExit=" + file),
                    LedgerApplication.class.getName(),
                    List.of(
                            "--tidemark.auto-startup=false",
                            "--tidemark.application-id=training",
                            "--tidemark.state.allow-temp-dir=true",
                            "--tidemark.state.dir=" + JAR.resolveSibling("training"),
                            "--ledger.in=in",
                            "--ledger.out=out"),
                    JAR.resolveSibling("training.log"))) {
                trained.tell("close");
                trained.endInput();
                trained.awaitEnd(Duration.ofSeconds(60));
            }
            archive = Files.exists(file) ? file : null;
        }
        return archive == null ? List.of() : List.of("-XX:SharedArchiveFile=" + archive);
    }

    private static Path classes() {
        try {
            return Path.of(Programs.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path pack() {
        Path jar = Brokers.directory("programs").resolve("programs.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", FailpointAgent.class.getName());
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> all = Files.walk(CLASSES)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(
                        new JarEntry(CLASSES.relativize(path).toString().replace(File.separatorChar, '/')));
                Files.copy(path, out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private static boolean isEmpty(Path directory) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.findAny().isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
