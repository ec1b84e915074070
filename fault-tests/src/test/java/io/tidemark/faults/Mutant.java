package io.tidemark.faults;

import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.patch.Patch;
import com.github.difflib.patch.PatchFailedException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A planted fault: a patch of the core's source, compiled into a directory of its own that comes before the product on a class path. The
 * product itself has no switches.
 */
enum Mutant {
    /** What a checkpoint changes is written to the local store before it is decided. */
    APPLY_BEFORE_DECISION,
    /** Checkpoints are the same when their numbers are. */
    POINTER_BY_NUMBER,
    /** An error of the commit means that nothing was committed. */
    COMMIT_ERROR_IS_ABORT,
    /** A restore is over at the last stable offset, whatever the pointer names. */
    LAST_STABLE_OFFSET_AS_END,
    /** A task that was lost with its partition is used again when the partition comes back. */
    TASK_KEPT_ACROSS_GENERATIONS,
    /** A slice holds rows as the local store has them, which lags. */
    SLICE_FROM_LAGGING_STORE,
    /** A round begins while committed changes wait for the store. */
    ROUND_BEGINS_OVER_PENDING,
    /** After an aborted checkpoint its round goes on behind the slice that was aborted. */
    CURSOR_KEPT_AFTER_ABORT,
    /** The cursor of a round is kept by itself, ahead of the checkpoint it belongs to. */
    CURSOR_AHEAD_OF_ITS_CHECKPOINT,
    /** Whoever takes a round over takes the end of the log for its beginning. */
    ROUND_START_LOST,
    /** A slice comes behind the delta of its checkpoint. */
    SLICE_BEHIND_ITS_DELTA,
    /** The base is where the last slice of a round is, not the first. */
    BASE_IS_THE_LAST_SLICE,
    /** The changelog is cut to a base before the checkpoint that names it is decided. */
    TRIMMED_BEFORE_THE_DECISION,
    /** A store claims a checkpoint while slices of its base are missing. */
    STORE_IS_WHOLE_TOO_EARLY;

    private static final Path SOURCES = Path.of("..", "processing-core", "src", "main", "java");
    private static final String NEW_FILE = "+++ b/";
    private static final int FUZZ = 2;

    /** The patched classes. */
    Path classes() {
        Path directory = Brokers.directory("mutant-" + name().toLowerCase().replace('_', '-'));
        try {
            compile(patched(directory.resolve("source")), Files.createDirectories(directory.resolve("classes")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return directory.resolve("classes");
    }

    private List<Path> patched(Path target) throws IOException {
        List<Path> files = new ArrayList<>();
        List<String> ofOneFile = new ArrayList<>();
        for (String line : patch()) {
            if (line.startsWith("--- ") && !ofOneFile.isEmpty()) {
                files.add(apply(ofOneFile, target));
                ofOneFile.clear();
            }
            ofOneFile.add(line);
        }
        files.add(apply(ofOneFile, target));
        return files;
    }

    private List<String> patch() throws IOException {
        String resource = "/mutants/" + name().toLowerCase().replace('_', '-') + ".patch";
        try (var in = Objects.requireNonNull(Mutant.class.getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private static Path apply(List<String> diff, Path target) throws IOException {
        String name = diff.stream()
                .filter(line -> line.startsWith(NEW_FILE))
                .findFirst()
                .orElseThrow()
                .substring(NEW_FILE.length());
        Patch<String> patch = UnifiedDiffUtils.parseUnifiedDiff(diff);
        try {
            List<String> patched = patch.applyFuzzy(Files.readAllLines(SOURCES.resolve(name)), FUZZ);
            Path file = target.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.write(file, patched);
        } catch (PatchFailedException e) {
            throw new IllegalStateException("The patch does not fit " + name + " any more: write it anew", e);
        }
    }

    private static void compile(List<Path> files, Path target) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-d", target.toString(), "-cp", Programs.classPath(), "-proc:none", "-parameters");
            if (!compiler.getTask(said, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                    .call()) {
                throw new IllegalStateException("A mutant does not compile: " + said);
            }
        }
    }
}
