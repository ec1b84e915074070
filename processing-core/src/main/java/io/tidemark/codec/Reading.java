package io.tidemark.codec;

import org.jspecify.annotations.Nullable;

/** Reads a value that was written with one shape, as a value of one type. */
@FunctionalInterface
interface Reading {

    /**
     * @return {@code null} only where an empty {@code Optional} became a plain value
     * @throws RuntimeException when the bytes are no such value
     */
    @Nullable
    Object read(ValueInput in);
}
