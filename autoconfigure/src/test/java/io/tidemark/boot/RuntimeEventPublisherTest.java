package io.tidemark.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.runtime.RuntimeEvent;
import io.tidemark.runtime.RuntimeEvent.CheckpointAborted;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationEventPublisher;

class RuntimeEventPublisherTest {

    private final List<Object> published = new CopyOnWriteArrayList<>();
    private final ApplicationEventPublisher listeners = event -> {
        published.add(event);
        if (published.size() == 1) {
            throw new IllegalStateException("a listener of the application");
        }
        if (published.size() == 2) {
            throw new NoClassDefFoundError("of the application");
        }
    };
    private final RuntimeEventPublisher publisher = new RuntimeEventPublisher(listeners, 0);

    @AfterEach
    void stop() {
        publisher.stop();
    }

    @Test
    void shouldPublishWhatComesAfterAListenerThatFailed() {
        List<RuntimeEvent> events = List.of(
                new CheckpointAborted("p", "one"),
                new CheckpointAborted("p", "two"),
                new CheckpointAborted("p", "three"));
        events.forEach(publisher::on);
        await().untilAsserted(() -> assertThat(published).isEqualTo(events));
        assertThat(publisher.dropped()).isZero();
    }

    @Test
    void shouldPublishWhatIsLeftWhenItStopsAndGoOnWhenItIsUsedAgain() {
        publisher.on(new CheckpointAborted("p", "one"));
        publisher.stop();
        assertThat(published).hasSize(1);
        publisher.on(new CheckpointAborted("p", "two"));
        await().untilAsserted(() -> assertThat(published).hasSize(2));
    }
}
