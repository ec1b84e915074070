package io.tidemark.runtime;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** State holds keys and values: where the file system knows permissions, only the user the application runs as may read it. */
final class OwnerOnly {

    private OwnerOnly() {}

    /** Creates what is missing of a directory; the last part is the owner's alone. */
    static void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory);
        if (knowsPermissions(directory.getFileSystem())) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    static void restrict(Path file) throws IOException {
        if (knowsPermissions(file.getFileSystem())) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static boolean knowsPermissions(FileSystem files) {
        return files.supportedFileAttributeViews().contains("posix");
    }
}
