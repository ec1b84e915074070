package io.tidemark.rocksdb;

import io.tidemark.error.StateCorrupted;
import io.tidemark.error.StorageFailed;
import io.tidemark.state.StateStore;
import io.tidemark.state.StateStores;
import io.tidemark.stream.TaskId;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stores of this process: {@code <root>/<processor>/<partition>}, one RocksDB each. Thread-safe: a store moves between workers, and
 * the second is refused until the first has closed it.
 */
public final class RocksDbStateStores implements StateStores, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RocksDbStateStores.class);
    private static final int KEPT_QUARANTINES = 3;
    /** What an arena of a write buffer takes, written or not. */
    private static final long LEAST_PER_STORE = 512 << 10;

    private static final Pattern STORE = Pattern.compile("[0-9]{1,9}(\\.(quarantine|spare)-.*)?");

    private final Path root;
    private final RocksDbMemory memory;
    private final boolean scrub;
    private final long budget;
    private boolean crowded;
    private final Set<TaskId> open = new HashSet<>();
    private final Set<Path> spares = new HashSet<>();

    /**
     * @param root directory of this application, locked by the caller
     * @param budget bytes of memory for all stores together
     * @param scrub whether each store is read and checked as a whole when it is opened
     */
    public RocksDbStateStores(Path root, long budget, boolean scrub) {
        this.root = root;
        this.budget = budget;
        this.memory = new RocksDbMemory(budget);
        this.scrub = scrub;
    }

    @Override
    public StateStore open(TaskId task) {
        take(task);
        boolean opened = false;
        try {
            Path directory = directory(task);
            Files.createDirectories(directory);
            deleteSpares(task);
            StateStore store = openOrReplace(task, directory);
            opened = true;
            return store;
        } catch (IOException e) {
            throw new StorageFailed("The directory of task " + task + " cannot be used: " + e, e);
        } finally {
            if (!opened) {
                release(task);
            }
        }
    }

    private StateStore openOrReplace(TaskId task, Path directory) throws IOException {
        try {
            return RocksDbStateStore.open(task, directory, memory, scrub, () -> release(task));
        } catch (StateCorrupted e) {
            moveAside(task, String.valueOf(e.getMessage()));
            Files.createDirectories(directory);
            return RocksDbStateStore.open(task, directory, memory, scrub, () -> release(task));
        }
    }

    @Override
    public synchronized boolean isHeld(TaskId task) {
        return open.contains(task);
    }

    @Override
    public StateStore openElsewhere(TaskId task) {
        try {
            Path parent = directory(task).getParent();
            Files.createDirectories(parent);
            Path spare = Files.createTempDirectory(parent, sparePrefix(task));
            synchronized (this) {
                spares.add(spare);
            }
            boolean opened = false;
            try {
                StateStore store = RocksDbStateStore.open(task, spare, memory, scrub, () -> dropSpare(spare));
                opened = true;
                return store;
            } finally {
                if (!opened) {
                    dropSpare(spare);
                }
            }
        } catch (IOException e) {
            throw new StorageFailed("No other directory can be used for task " + task + ": " + e, e);
        }
    }

    private void dropSpare(Path spare) {
        synchronized (this) {
            spares.remove(spare);
        }
        try {
            delete(spare);
        } catch (IOException e) {
            log.warn("The spare store {} cannot be deleted now; it goes with the next start", spare);
        }
    }

    /** What a process that died left of its spare stores. */
    private void deleteSpares(TaskId task) throws IOException {
        for (Path spare : siblings(task, sparePrefix(task))) {
            boolean used;
            synchronized (this) {
                used = spares.contains(spare);
            }
            if (!used) {
                delete(spare);
            }
        }
    }

    private static String sparePrefix(TaskId task) {
        return task.partition() + ".spare-";
    }

    @Override
    public void discard(TaskId task) {
        take(task);
        try {
            if (Files.exists(directory(task))) {
                delete(directory(task));
            }
        } catch (IOException e) {
            throw new StorageFailed("The store of task " + task + " cannot be deleted: " + e, e);
        } finally {
            release(task);
        }
    }

    @Override
    public void quarantine(TaskId task, String reason) {
        take(task);
        try {
            moveAside(task, reason);
        } catch (IOException e) {
            throw new StorageFailed("The store of task " + task + " cannot be set aside: " + e, e);
        } finally {
            release(task);
        }
    }

    /**
     * Deletes stores that nobody has had open for so long: their tasks are somebody else's, or their processor is gone. A task that comes
     * back is restored from the changelog. Also what was set aside that long ago.
     *
     * @return how many
     */
    public int deleteUnused(Duration unused) throws IOException {
        long before = touch(root) - unused.toMillis();
        int deleted = 0;
        for (Path processor : directories(root)) {
            for (Path store : directories(processor)) {
                deleted += modified(store) < before && deleteUnused(processor, store, before) ? 1 : 0;
            }
        }
        return deleted;
    }

    private boolean deleteUnused(Path processor, Path store, long before) throws IOException {
        String name = store.getFileName().toString();
        if (!STORE.matcher(name).matches()) {
            return false;
        }
        if (name.indexOf('.') >= 0) {
            synchronized (this) {
                if (spares.contains(store)) {
                    return false;
                }
            }
            delete(store); // set aside, or left of a process that died
            return true;
        }
        TaskId task = new TaskId(processor.getFileName().toString(), Integer.parseInt(name));
        synchronized (this) {
            if (!open.add(task)) {
                return false;
            }
        }
        try {
            if (modified(store) >= before) {
                return false;
            }
            delete(store);
        } finally {
            letGo(task);
        }
        log.info(
                "processor={} task={} The local store {} was not used for long and is deleted; a restore from the changelog takes its place.",
                task.processor(),
                task.partition(),
                store);
        return true;
    }

    /** Changes a directory now; answers when that is, by the clock of the file system that will be compared with. */
    private static long touch(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "touch", "");
        try {
            return modified(file);
        } finally {
            Files.delete(file);
        }
    }

    private static List<Path> directories(Path parent) throws IOException {
        try (Stream<Path> all = Files.list(parent)) {
            return all.filter(path -> Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    /** Bytes of the memory budget in use. */
    public long memoryUsed() {
        return memory.used();
    }

    /** Native objects that are open now: stores, iterators, batches and what they share. */
    public int nativeHandles() {
        return memory.handles().count();
    }

    /** Closes the shared memory; every store must be closed before. */
    @Override
    public void close() {
        memory.close();
    }

    private synchronized void take(TaskId task) {
        if (open.contains(task)) {
            throw new StorageFailed("The store of task " + task + " is still open in another worker", null);
        }
        open.add(task);
        if (!crowded && open.size() * LEAST_PER_STORE > budget / 2) {
            crowded = true;
            log.warn(
                    "{} local stores are open, each with a write buffer of {} bytes at least: tidemark.state.memory of {} bytes is little for"
                            + " them. Give it more, or spread the tasks over more instances.",
                    open.size(),
                    LEAST_PER_STORE,
                    budget);
        }
    }

    private void release(TaskId task) {
        try {
            if (Files.isDirectory(directory(task))) {
                touch(directory(task)); // RocksDB changes it seldom: from here on it counts as unused
            }
        } catch (IOException e) {
            log.debug("The directory of task {} cannot be touched", task, e);
        } finally {
            letGo(task);
        }
    }

    private synchronized void letGo(TaskId task) {
        open.remove(task);
    }

    private void moveAside(TaskId task, String reason) throws IOException {
        Path directory = directory(task);
        if (!Files.exists(directory)) {
            return;
        }
        int number = 0;
        Path aside;
        do {
            aside = directory.resolveSibling(task.partition() + ".quarantine-" + number++);
        } while (Files.exists(aside));
        Files.move(directory, aside);
        log.warn(
                "processor={} task={} The local store is set aside as {}: {}. It is restored from the changelog; nothing is lost.",
                task.processor(),
                task.partition(),
                aside,
                reason);
        dropOldQuarantines(task);
    }

    private void dropOldQuarantines(TaskId task) throws IOException {
        List<Path> aside = siblings(task, task.partition() + ".quarantine-");
        aside.sort(Comparator.comparing(RocksDbStateStores::modified));
        for (Path old : aside.subList(0, Math.max(0, aside.size() - KEPT_QUARANTINES))) {
            delete(old);
        }
    }

    private List<Path> siblings(TaskId task, String prefix) throws IOException {
        try (Stream<Path> all = Files.list(directory(task).getParent())) {
            return new ArrayList<>(
                    all.filter(path -> path.getFileName().toString().startsWith(prefix))
                            .toList());
        }
    }

    private static long modified(Path path) {
        return path.toFile().lastModified();
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @org.jspecify.annotations.Nullable IOException e)
                    throws IOException {
                if (e != null) {
                    throw e;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Processor ids are validated names and partitions are numbers, so the path stays inside the root. */
    private Path directory(TaskId task) {
        return root.resolve(task.processor()).resolve(Integer.toString(task.partition()));
    }
}
