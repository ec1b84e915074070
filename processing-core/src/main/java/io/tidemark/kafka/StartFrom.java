package io.tidemark.kafka;

/** Where a processor without any history starts to read. */
public enum StartFrom {
    EARLIEST,
    LATEST
}
