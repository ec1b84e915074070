/** One record in, one step out: runs a processor's handler over the keyed state of one task. */
@NullMarked
package io.tidemark.task;

import org.jspecify.annotations.NullMarked;
