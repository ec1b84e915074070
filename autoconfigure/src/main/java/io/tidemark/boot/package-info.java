/** Reads annotated beans into processor definitions, and connects the engine to Spring Kafka's configuration and the life cycle. */
@NullMarked
package io.tidemark.boot;

import org.jspecify.annotations.NullMarked;
