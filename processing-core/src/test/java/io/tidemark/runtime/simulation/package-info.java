/**
 * The crash simulation: production loop, phases, pointers, recovery and tasks over in-memory models of Kafka, disk and time, driven by
 * one seeded scheduler. Two workers, each of which can die, stall or lose its disk between any two actions.
 */
package io.tidemark.runtime.simulation;
