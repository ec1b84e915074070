/** Keyed state of one task: cells, undo of one record, what waits for the store, the store port and the store on the heap. */
@NullMarked
package io.tidemark.state;

import org.jspecify.annotations.NullMarked;
