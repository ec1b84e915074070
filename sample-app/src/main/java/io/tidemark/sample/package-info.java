/** Airport delays on real flights: what a service looks like that uses Tidemark. */
@NullMarked
package io.tidemark.sample;

import org.jspecify.annotations.NullMarked;
