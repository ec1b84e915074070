/**
 * Fault tests with real processes: a broker, applications and a proxy between them, each in a process or socket of its own, and a
 * verifier that recomputes everything from the committed input while they are killed, stopped and cut off.
 */
package io.tidemark.faults;
