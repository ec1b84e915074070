/** Endpoints and health: small types that only translate what the runtime says. */
@NullMarked
package io.tidemark.boot.actuate;

import org.jspecify.annotations.NullMarked;
