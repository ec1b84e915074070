/** Bytes of values: raw order-preserving codecs, CBOR records, and the compression of segments. */
@NullMarked
package io.tidemark.codec;

import org.jspecify.annotations.NullMarked;
