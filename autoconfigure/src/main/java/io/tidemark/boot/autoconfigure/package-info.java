/** Auto-configuration, properties and failure analyzers. */
@NullMarked
package io.tidemark.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
