/** Loops, threads, assembly and life cycle: performs what the checkpoint room decides, through ports. The only room that starts a thread. */
@NullMarked
package io.tidemark.runtime;

import org.jspecify.annotations.NullMarked;
