/** What an author or an integration names: definitions, state handles, codecs, output. This is the promised API. */
@NullMarked
package io.tidemark.api;

import org.jspecify.annotations.NullMarked;
