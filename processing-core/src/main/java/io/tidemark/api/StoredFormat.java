package io.tidemark.api;

/**
 * How values of a state are stored: kept with the state, and compared with what a later version declares.
 *
 * @param id id of the codec
 * @param schema its schema, or the history of a {@link VersionedCodec}; without line breaks
 */
public record StoredFormat(String id, String schema) {}
