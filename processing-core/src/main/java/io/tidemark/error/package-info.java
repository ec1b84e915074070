/** The sealed failure family: each type says what the caller does next. */
@NullMarked
package io.tidemark.error;

import org.jspecify.annotations.NullMarked;
