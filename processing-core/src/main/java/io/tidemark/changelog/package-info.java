/** Segments: the changes of one checkpoint as bounded, checked bytes, and their way back into a store. */
@NullMarked
package io.tidemark.changelog;

import org.jspecify.annotations.NullMarked;
