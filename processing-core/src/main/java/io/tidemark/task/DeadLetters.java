package io.tidemark.task;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.RecordHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes dead letters: key, value and headers as they came, and where and why they failed in the headers Spring Kafka's dead letters have
 * (numbers big endian), so that whoever reads those reads ours as well. The message is ours and quotes neither key nor value; of the
 * author's exception only the type goes along.
 */
public final class DeadLetters {

    private static final String PREFIX = "kafka_dlt-";

    private static final Set<String> OURS = Stream.of(
                    "original-topic",
                    "original-partition",
                    "original-offset",
                    "original-timestamp",
                    "original-consumer-group",
                    "exception-fqcn",
                    "exception-message",
                    "exception-cause-fqcn")
            .map(PREFIX::concat)
            .collect(Collectors.toUnmodifiableSet());

    private final UnaryOperator<String> topics;
    private final String group;

    /**
     * @param topics the dead-letter topic of an input topic
     * @param group the processor's consumer group
     */
    public DeadLetters(UnaryOperator<String> topics, String group) {
        this.topics = topics;
        this.group = group;
    }

    /** The letter for a record. */
    public OutputRecord of(InputRecord record, String message, @Nullable Throwable cause) {
        List<RecordHeader> headers = new ArrayList<>(record.headers());
        // A letter that was sent back and failed again tells of its last failure, and does not grow.
        headers.removeIf(header -> OURS.contains(header.name()));
        add(headers, "original-topic", record.topic().getBytes(UTF_8));
        add(
                headers,
                "original-partition",
                ByteBuffer.allocate(4).putInt(record.partition()).array());
        add(
                headers,
                "original-offset",
                ByteBuffer.allocate(8).putLong(record.offset()).array());
        add(
                headers,
                "original-timestamp",
                ByteBuffer.allocate(8).putLong(record.timestamp()).array());
        add(headers, "original-consumer-group", group.getBytes(UTF_8));
        add(headers, "exception-fqcn", "io.tidemark.error.ProcessorFailed".getBytes(UTF_8));
        add(headers, "exception-message", message.getBytes(UTF_8));
        if (cause != null) {
            add(headers, "exception-cause-fqcn", cause.getClass().getName().getBytes(UTF_8));
        }
        // With the record's own time an old one would be deleted by the retention of the dead-letter topic, soon after
        // it was sent.
        return new OutputRecord(topics.apply(record.topic()), record.key(), record.value(), OutputRecord.NOW, headers);
    }

    private static void add(List<RecordHeader> headers, String name, byte[] value) {
        headers.add(new RecordHeader(PREFIX + name, value));
    }
}
