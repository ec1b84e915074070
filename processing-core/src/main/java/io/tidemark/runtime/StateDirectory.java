package io.tidemark.runtime;

import io.tidemark.error.EnvironmentRefused;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of one application on this machine, held under an operating system lock for as long as the process lives. It keeps the
 * process id: the same directory means the same place in every group and the same transactional ids.
 */
final class StateDirectory implements AutoCloseable {

    private static final Duration QUIET = Duration.ofHours(24);
    private static final Pattern PROCESS_ID = Pattern.compile("[0-9a-f]{12}");

    /** Who holds what in this JVM, for the message to the next one. */
    private static final Map<Path, String> HOLDERS = new ConcurrentHashMap<>();

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;
    private final String processId;
    private final boolean original;
    private final long since = System.nanoTime();
    private final List<Rivalry> rivalries = new CopyOnWriteArrayList<>();

    private StateDirectory(Path path, FileChannel channel, FileLock lock, String processId, boolean original) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
        this.processId = processId;
        this.original = original;
    }

    /**
     * Takes the directory.
     *
     * @throws EnvironmentRefused when it cannot be used, or somebody else holds it
     */
    static StateDirectory acquire(StateSettings settings, String applicationId, String owner) {
        Path directory = settings.directory().toAbsolutePath().normalize();
        Path path = directory.resolve(applicationId);
        refuseLinks(directory);
        refuseLinks(path);
        refuseLinksBelow(path);
        try {
            OwnerOnly.createDirectories(path);
        } catch (IOException e) {
            throw unusable(path, e);
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            OwnerOnly.restrict(path.resolve("lock"));
            FileLock lock = tryLock(path, channel);
            HOLDERS.put(path, owner);
            String named = settings.instanceId();
            return new StateDirectory(path, channel, lock, named == null ? processId(path) : named, isOriginal(path));
        } catch (IOException e) {
            closeQuietly(channel);
            throw unusable(path, e);
        } catch (EnvironmentRefused e) {
            closeQuietly(channel);
            throw e;
        }
    }

    /** A link lets one directory have two names, and a lock is only as good as the name it is taken by. */
    private static void refuseLinks(Path path) {
        if (Files.isSymbolicLink(path)) {
            throw new EnvironmentRefused(
                    "State directory " + path + " is a symbolic link.",
                    "Point tidemark.state.dir to the directory itself.",
                    null);
        }
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new EnvironmentRefused(
                    "State directory " + path + " is not a directory.",
                    "Point tidemark.state.dir to a local directory the application may write.",
                    null);
        }
    }

    private static void refuseLinksBelow(Path path) {
        if (!Files.isDirectory(path)) {
            return;
        }
        try (Stream<Path> below = Files.walk(path, 2)) {
            below.filter(Files::isSymbolicLink).findFirst().ifPresent(StateDirectory::refuseLinks);
        } catch (IOException e) {
            throw unusable(path, e);
        }
    }

    private static FileLock tryLock(Path path, FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
            throw new EnvironmentRefused(
                    "State directory " + path + " is held by another process.",
                    "Give each instance a tidemark.state.dir of its own. If the directory was copied, delete the copy: state comes back from Kafka.",
                    null);
        } catch (OverlappingFileLockException e) {
            throw new EnvironmentRefused(
                    "State directory " + path + " is held by another application context in this JVM: "
                            + HOLDERS.getOrDefault(path, "one that is being closed") + ".",
                    "Close the other context first, or give each a tidemark.state.dir or tidemark.application-id of its own.",
                    e);
        }
    }

    private static String processId(Path path) throws IOException {
        Path file = path.resolve("process-id");
        if (Files.exists(file)) {
            String id = Files.readString(file, StandardCharsets.US_ASCII).strip();
            if (PROCESS_ID.matcher(id).matches()) {
                return id;
            }
        }
        String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        write(file, id);
        return id;
    }

    /** All of it or nothing. */
    private static void write(Path file, String text) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        Files.writeString(draft, text);
        OwnerOnly.restrict(draft);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether this is the place where the directory was made: a copy has another path, or is another directory at the same one. */
    private static boolean isOriginal(Path path) throws IOException {
        String here = here(path);
        Path file = path.resolve("origin");
        if (Files.exists(file)) {
            return Files.readString(file).equals(here);
        }
        write(file, here);
        return true;
    }

    private static String here(Path path) throws IOException {
        return path + " " + number(path);
    }

    /** The directory's number in its file system; the device's number may change with a restart of the machine. */
    private static Object number(Path path) throws IOException {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Files.getAttribute(path, "unix:ino")
                : "";
    }

    private static EnvironmentRefused unusable(Path path, IOException e) {
        return new EnvironmentRefused(
                "State directory " + path + " cannot be used: " + e,
                "Point tidemark.state.dir to a local directory the application may write.",
                e);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException ignored) {
            // The failure that led here is the one to tell.
        }
    }

    Path path() {
        return path;
    }

    /** Who notices a process that claims the same directory. */
    void watch(Rivalry rivalry) {
        rivalries.add(rivalry);
    }

    /**
     * A directory that was moved or restored is as good as one that was made here, once nobody has claimed to be the same for a day.
     *
     * @param now monotonic nanoseconds
     */
    void settle(long now) {
        if (!original
                && now - since > QUIET.toNanos()
                && rivalries.stream().allMatch(rivalry -> rivalry.isQuiet(now))) {
            try {
                write(path.resolve("origin"), here(path));
                rivalries.forEach(Rivalry::becomeOriginal);
            } catch (IOException e) {
                // it stays the one that gives way
            }
        }
    }

    String processId() {
        return processId;
    }

    /** Whether it still is where it was made. A directory that was moved counts as a copy, which only makes it the one that gives way. */
    boolean isOriginal() {
        return original;
    }

    @Override
    public void close() {
        HOLDERS.remove(path);
        try {
            lock.release();
            channel.close();
        } catch (IOException ignored) {
            // The operating system lets go with the process at the latest.
        }
    }
}
