package io.tidemark.state;

import io.tidemark.error.StateCorrupted;
import io.tidemark.error.StorageFailed;
import org.jspecify.annotations.Nullable;

/** Ordered read view of committed rows. Rows compare as unsigned bytes. */
public interface StateReader {

    /**
     * The row's value, or {@code null}.
     *
     * @throws StateCorrupted when stored bytes fail their checksum
     * @throws StorageFailed when the storage cannot be read
     */
    byte @Nullable [] get(byte[] row);

    /** Walks the rows that start with {@code prefix}, in order. The cursor must be closed. */
    RowCursor scan(byte[] prefix);

    /** Walks the rows after {@code from}, up to and with {@code to}, in order. The cursor must be closed. */
    RowCursor range(byte[] from, byte[] to);

    /** The largest row, or {@code null} when there is none. */
    byte @Nullable [] lastRow();
}
