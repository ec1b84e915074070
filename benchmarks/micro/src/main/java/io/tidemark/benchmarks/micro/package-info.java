/** Single pieces of the hot path, measured by JMH. */
package io.tidemark.benchmarks.micro;
