package io.tidemark.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkerIdentityTest {

    /** An instance may be called as it likes: two processors that shared a transactional id would fence each other for ever. */
    @Test
    void shouldNeverGiveTwoWorkersOneId() {
        WorkerIdentity p = new WorkerIdentity("app", "p", "q-1", 1);
        WorkerIdentity pq = new WorkerIdentity("app", "p-q", "1", 1);

        assertThat(p.transactionalId()).isNotEqualTo(pq.transactionalId()).startsWith("app.");
        assertThat(p.groupInstanceId()).as("what Kafka takes").matches("[a-zA-Z0-9._-]+");
    }
}
