/** Micrometer meters, fed by what the runtime tells and counts. */
@NullMarked
package io.tidemark.boot.metrics;

import org.jspecify.annotations.NullMarked;
