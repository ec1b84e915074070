package io.tidemark.codec;

/** Reads an object of which something before it has already told whether any field is null. */
interface HeadedReading extends Reading {

    Object read(ValueInput in, boolean anyNull);
}
