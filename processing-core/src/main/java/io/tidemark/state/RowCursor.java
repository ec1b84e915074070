package io.tidemark.state;

/** A walk over rows. Starts before the first. */
public interface RowCursor extends AutoCloseable {

    /** Moves to the next row; {@code false} when there is none. */
    boolean advance();

    byte[] row();

    byte[] value();

    @Override
    void close();
}
