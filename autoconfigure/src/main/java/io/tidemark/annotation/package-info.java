/** The annotations an author writes on a processor. */
@NullMarked
package io.tidemark.annotation;

import org.jspecify.annotations.NullMarked;
