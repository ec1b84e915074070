/** The only room that speaks org.rocksdb: the stores of this process on disk, inside one memory budget. */
@NullMarked
package io.tidemark.rocksdb;

import org.jspecify.annotations.NullMarked;
