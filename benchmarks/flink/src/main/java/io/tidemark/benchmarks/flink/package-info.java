/** The aggregate on Flink. */
@NullMarked
package io.tidemark.benchmarks.flink;

import org.jspecify.annotations.NullMarked;
