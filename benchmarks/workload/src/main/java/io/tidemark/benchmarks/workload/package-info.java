/** What every contestant reads, computes and sends, and what is right. */
@NullMarked
package io.tidemark.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
