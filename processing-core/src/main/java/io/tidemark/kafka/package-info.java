/** The only room that speaks org.apache.kafka: group membership, the open transaction, changelog partitions, topics. */
@NullMarked
package io.tidemark.kafka;

import org.jspecify.annotations.NullMarked;
