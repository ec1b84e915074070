/** A persistent single-node Kafka inside the application, for development only. */
@NullMarked
package io.tidemark.dev;

import org.jspecify.annotations.NullMarked;
