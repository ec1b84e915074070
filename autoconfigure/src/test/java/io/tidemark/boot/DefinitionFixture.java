package io.tidemark.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.api.ProcessorDefinition;
import io.tidemark.error.InvalidDefinition;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.KeyedState;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.RecordHeader;
import io.tidemark.stream.TaskId;
import io.tidemark.task.KeyedTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/** Reads definitions from beans, and gives records to a task of one without anything around it. */
abstract class DefinitionFixture {

    static String problem(Object bean) {
        return problem(bean("bean", bean));
    }

    static String problem(ProcessorBean bean) {
        InvalidDefinition invalid = catchThrowableOfType(InvalidDefinition.class, () -> reader().read(List.of(bean)));
        return String.join("\n", invalid.problems());
    }

    static ProcessorDefinition read(Object bean) {
        return reader().read(List.of(bean("bean", bean))).get(0);
    }

    static ProcessorBean bean(String name, Object bean) {
        return new ProcessorBean(name, bean, ClassUtils.getUserClass(bean), true);
    }

    static ProcessorDefinitionReader reader() {
        return reader(Map.of());
    }

    static ProcessorDefinitionReader reader(Map<String, Object> consumer) {
        return new ProcessorDefinitionReader(
                id -> () -> new KafkaRecordFormat(
                        new DefaultKafkaConsumerFactory<>(consumer),
                        new DefaultKafkaProducerFactory<>(Map.of()),
                        JsonMapper.shared()),
                text -> text.replace("${more.orders}", "resolved"),
                id -> Set.of(),
                StateCodecSource.builtIn());
    }

    static KeyedTask task(ProcessorDefinition definition) {
        return new KeyedTask(
                definition,
                new TaskId(definition.id(), 3),
                new KeyedState(new InMemoryStateStore(), definition.states(), 100),
                1 << 20,
                topic -> true);
    }

    static List<OutputRecord> process(KeyedTask task, String key, String value, Map<String, String> headers) {
        byte[] bytes = value == null ? null : value.getBytes(UTF_8);
        return new ArrayList<>(
                task.process(new Given(key.getBytes(UTF_8), bytes, headers)).outputs());
    }

    static String text(OutputRecord output) {
        return new String(output.value(), UTF_8);
    }

    record Given(String topic, byte[] key, byte[] value, Map<String, String> given) implements InputRecord {

        Given(byte[] key, byte[] value, Map<String, String> given) {
            this("orders", key, value, given);
        }

        @Override
        public int partition() {
            return 3;
        }

        @Override
        public long offset() {
            return 9;
        }

        @Override
        public int leaderEpoch() {
            return 0;
        }

        @Override
        public long timestamp() {
            return 5;
        }

        @Override
        public byte[] header(String name) {
            String value = given.get(name);
            return value == null ? null : value.getBytes(UTF_8);
        }

        @Override
        public List<RecordHeader> headers() {
            return List.of();
        }
    }
}
