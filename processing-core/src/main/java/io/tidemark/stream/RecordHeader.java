package io.tidemark.stream;

/**
 * One header of an output record.
 *
 * @param name the header's name; names may repeat
 * @param value the header's bytes, never changed after creation
 */
public record RecordHeader(String name, byte[] value) {}
