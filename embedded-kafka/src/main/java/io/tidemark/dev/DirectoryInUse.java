package io.tidemark.dev;

import java.nio.file.Path;

/** Another process has the broker's directory; two brokers over one would destroy it. */
final class DirectoryInUse extends IllegalStateException {

    DirectoryInUse(Path directory) {
        super("The directory " + directory + " is in use by another embedded Kafka.");
    }
}
