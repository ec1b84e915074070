package io.tidemark.stream;

import org.jspecify.annotations.Nullable;

/**
 * One header of a record.
 *
 * @param name the header's name; names may repeat
 * @param value the header's bytes, never changed after creation, or {@code null}
 */
public record RecordHeader(String name, byte @Nullable [] value) {}
