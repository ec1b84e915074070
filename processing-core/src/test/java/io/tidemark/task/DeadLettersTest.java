package io.tidemark.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.RecordHeader;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadLettersTest {

    private final DeadLetters letters = new DeadLetters(topic -> topic + "-dlt", "group");

    /** Its own time would let the retention of the dead-letter topic delete it soon after it was sent. */
    @Test
    void shouldBearTheTimeItIsSentAtAndTellTheOriginalOne() {
        OutputRecord letter = letters.of(record(List.of()), "why", null);

        assertThat(letter.timestamp()).isEqualTo(OutputRecord.NOW);
        assertThat(letter.headers()).extracting(RecordHeader::name).contains("kafka_dlt-original-timestamp");
    }

    @Test
    void shouldKeepHeadersAsTheyCame() {
        List<RecordHeader> came = List.of(
                new RecordHeader("b", new byte[] {1}),
                new RecordHeader("a", null),
                new RecordHeader("b", new byte[] {2}),
                new RecordHeader("kafka_dlt-exception-stacktrace", new byte[] {3}));

        assertThat(letters.of(record(came), "why", null).headers().subList(0, 4))
                .isEqualTo(came);
    }

    @Test
    void shouldNotGrowHoweverOftenItIsSentBack() {
        OutputRecord letter = letters.of(record(List.of(new RecordHeader("own", null))), "why", new Exception());
        int first = letter.headers().size();
        for (int i = 0; i < 10; i++) {
            letter = letters.of(record(letter.headers()), "why again", new Exception());
        }

        assertThat(letter.headers()).hasSize(first);
        assertThat(letter.headers())
                .filteredOn(header -> header.name().equals("kafka_dlt-exception-message"))
                .singleElement()
                .satisfies(header -> assertThat(header.value()).isEqualTo("why again".getBytes()));
    }

    private static InputRecord record(List<RecordHeader> headers) {
        return new TestRecord("orders", 3, 17, 5, new byte[] {1}, new byte[] {1}, headers);
    }
}
