/** The things that flow: tasks, input and output records, positions, checkpoint identities, and the port they come from. */
@NullMarked
package io.tidemark.stream;

import org.jspecify.annotations.NullMarked;
