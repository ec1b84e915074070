/** The commit protocol as data: phases, events and actions, the pointer, the recovery plan, and the port of the transaction. */
@NullMarked
package io.tidemark.checkpoint;

import org.jspecify.annotations.NullMarked;
