/** Broker, contestants in turn, verdict and figures. */
@NullMarked
package io.tidemark.benchmarks.run;

import org.jspecify.annotations.NullMarked;
