/** The contestants, each a program of its own. Not marked for null checks: their frameworks fill fields late. */
package io.tidemark.benchmarks.contestant;
