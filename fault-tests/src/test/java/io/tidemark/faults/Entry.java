package io.tidemark.faults;

/**
 * One flight in the ledger's input.
 *
 * @param destination where it went
 * @param sequence number of this flight among those of its origin, without gaps
 * @param nonce a random number, to tell this record from any other
 * @param audit whether the answer shall tell of the whole state
 */
record Entry(String destination, long sequence, long nonce, boolean audit) {}
