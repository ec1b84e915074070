package io.tidemark.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.annotation.States;
import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateCodecFactory;
import io.tidemark.api.StateMigration;
import io.tidemark.api.ValueState;
import io.tidemark.error.InvalidDefinition;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.state.InMemoryStateStore;
import io.tidemark.state.KeyedState;
import io.tidemark.stream.InputRecord;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.RecordHeader;
import io.tidemark.stream.TaskId;
import io.tidemark.task.KeyedTask;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/** States, payloads and keys as they are declared: what is fine, and what is refused at start with the way out. */
class StateDeclarationsTest {

    record Opened(String id) {}

    // ---- generic classes

    abstract static class Base<K, T> {
        record Both<T>(ValueState<T> latest, ListState<List<T>> history) {}

        @OnRecord
        @SendTo("out")
        String on(T event, @Key String key, @State ValueState<T> last, @State MapState<K, List<T>> all) {
            T before = last.get();
            last.set(event);
            return key + ":" + before;
        }
    }

    abstract static class Middle<E> extends Base<Long, E> {}

    @KeyedProcessor(id = "generic", topics = "in")
    static class Gen extends Middle<Opened> {}

    @Test
    void shouldResolveTypesAgainstTheBeansClass() {
        ProcessorDefinition definition = read(new Gen());

        assertThat(definition.states())
                .extracting(state -> state.name() + " " + state.codec().schema()
                        + (state.keyCodec() == null
                                ? ""
                                : " by " + state.keyCodec().id()))
                .containsExactlyInAnyOrder("last 2:{id:string}", "all 2:list[{id:string}] by long");
        KeyedTask task = task(definition);
        assertThat(process(task, "{\"id\":\"a\"}")).containsExactly("k:null");
        assertThat(process(task, "{\"id\":\"b\"}")).containsExactly("k:Opened[id=a]");
    }

    // ---- what is refused

    record Dated(List<Inner> all) {
        record Inner(Date when) {}
    }

    interface Open {}

    /** Each time it is read it grows. */
    record Growing(String text) {
        Growing {
            text = text + "!";
        }
    }

    @KeyedProcessor(id = "wrong", topics = "in")
    static class Wrong {
        @OnRecord
        void on(
                String value,
                @State ValueState<Dated> dated,
                @State ListState<Open> open,
                @State MapState<String, Map<String, Object>> attributes,
                @State ValueState<Growing> growing,
                @State MapState<Dated, Long> keys) {}
    }

    @Test
    void shouldRefuseEachStateWithThePathAndTheWayOut() {
        assertThat(problems(new Wrong()))
                .contains("state 'dated' cannot be stored: Dated.all element Inner.when is Date")
                .contains("use Instant")
                .contains("state 'open' cannot be stored: the type is Open, which is open")
                .contains("make it sealed")
                .contains("state 'attributes' cannot be stored: value is Object")
                .contains("state 'growing' of type")
                .contains("a test with made-up values failed: a Growing comes back with other content")
                .contains("state 'keys' cannot be stored: Dated.all is List, which has no bytes that sort like it");
    }

    // ---- codecs by choice

    record Opaque(Object content) {}

    static class OpaqueCodec implements StateCodec<Opaque> {
        @Override
        public String id() {
            return "opaque";
        }

        @Override
        public String schema() {
            return "1";
        }

        @Override
        public byte[] encode(Opaque value) {
            return value.content().toString().getBytes(UTF_8);
        }

        @Override
        public Opaque decode(byte[] bytes) {
            return new Opaque(new String(bytes, UTF_8));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof OpaqueCodec;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    static class OpaqueFactory implements StateCodecFactory {
        @Override
        public @Nullable StateCodec<?> codecFor(Type type) {
            return type == Opaque.class ? new OpaqueCodec() : null;
        }
    }

    @KeyedProcessor(id = "named", topics = "in")
    static class Named {
        @OnRecord
        void on(
                String value,
                @State(codec = OpaqueCodec.class) ValueState<Opaque> one,
                @State(codec = OpaqueFactory.class) ListState<Opaque> two,
                @States Bundle bundle) {
            one.set(new Opaque(value.equals("number") ? 5 : value));
        }
    }

    record Bundle(@State(codec = OpaqueCodec.class) ValueState<Opaque> three) {}

    @KeyedProcessor(id = "by-type", topics = "in")
    static class ByType {
        @OnRecord
        void on(String value, @State ValueState<Opaque> one) {}
    }

    @KeyedProcessor(id = "no-codec", topics = "in")
    static class NoCodec {
        @OnRecord
        void on(
                String value,
                @State(codec = String.class) ValueState<Opaque> one,
                @State(codec = OpaqueFactory.class) ValueState<String> two) {}
    }

    @Test
    void shouldTakeTheCodecThatIsNamed() {
        assertThat(read(new Named()).states())
                .hasSize(3)
                .allSatisfy(state -> assertThat(state.codec().id()).isEqualTo("opaque"));
        StateCodecSource source = new StateCodecSource(List.of(new OpaqueFactory()), type -> null);
        assertThat(reader(source).read(List.of(bean(new ByType()))).get(0).states())
                .singleElement()
                .satisfies(state -> assertThat(state.codec().id()).isEqualTo("opaque"));
        assertThat(problems(new ByType())).contains("Opaque.content is Object");
        assertThat(problems(new NoCodec()))
                .contains("java.lang.String is neither a StateCodec nor a StateCodecFactory")
                .contains("has no codec for it");
    }

    /** No value could be made up at start: the first one shows that a number comes back as text. */
    @Test
    void shouldTestTheFirstValueOfACodecThatMakesUpNone() {
        KeyedTask task = task(read(new Named()));

        assertThat(process(task, "text")).isEmpty();
        ProcessorFailed failed =
                catchThrowableOfType(ProcessorFailed.class, () -> process(task(read(new Named())), "number"));
        assertThat(failed)
                .hasMessageContaining("value of state 'one' cannot be stored: a Opaque comes back with other");
    }

    // ---- migrations

    record Euros(double euros) {}

    record Cents(long cents) {}

    static class ToCents implements StateMigration<Euros, Cents> {
        @Override
        public Cents migrate(Euros earlier) {
            return new Cents(Math.round(earlier.euros() * 100));
        }
    }

    @KeyedProcessor(id = "migrating", topics = "in")
    static class Migrating {
        @OnRecord
        void on(String value, @State(migrate = ToCents.class) ValueState<Cents> balance) {}
    }

    @KeyedProcessor(id = "migrating", topics = "in")
    static class MigratingWrongly {
        @OnRecord
        void on(String value, @State(migrate = ToCents.class) ValueState<Opened> balance) {}
    }

    @Test
    void shouldTakeMigrationsToTheTypeOfTheState() {
        StateCodec<?> codec = read(new Migrating()).states().get(0).codec();
        StateCodec<?> before = StateCodecSource.builtIn().codecOf(Euros.class, null);

        assertThat(codec.fit(before.format()).isReadable()).isTrue();
        assertThat(problems(new MigratingWrongly()))
                .contains("a migration makes")
                .contains("and the state holds");
    }

    // ---- payloads

    sealed interface Event {}

    record Moved(int by) implements Event {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
    sealed interface Typed {}

    record Up(int by) implements Typed {}

    record Down(int by) implements Typed {}

    static class NoCreator {
        NoCreator(int a, String b) {}
    }

    @KeyedProcessor(id = "untyped", topics = "in")
    static class Untyped {
        @OnRecord
        void on(Event event) {}
    }

    @KeyedProcessor(id = "open", topics = "in")
    static class OfOpen {
        @OnRecord
        void on(List<Open> event) {}
    }

    @KeyedProcessor(id = "no-creator", topics = "in")
    static class OfNoCreator {
        @OnRecord
        void on(java.io.InputStream event) {}
    }

    @KeyedProcessor(id = "typed", topics = "in")
    static class WithDiscriminator {
        @OnRecord
        @SendTo("out")
        String up(Up up) {
            return "up " + up.by();
        }

        @OnRecord
        @SendTo("out")
        String down(Down down) {
            return "down " + down.by();
        }
    }

    @KeyedProcessor(id = "whole", topics = "in")
    static class Whole {
        @OnRecord
        @SendTo("out")
        String any(Typed typed) {
            return typed.toString();
        }
    }

    @Test
    void shouldRefusePayloadsThatNoJsonIs() {
        assertThat(problems(new Untyped()))
                .contains("the payload of handler on is Event")
                .contains("@JsonTypeInfo");
        assertThat(problems(new OfNoCreator())).contains("the payload of handler on");
    }

    /** A discriminator in the JSON tells the alternatives of a sealed type apart, for one method or for several. */
    @Test
    void shouldReadSealedPayloadsWithADiscriminator() {
        KeyedTask several = task(read(new WithDiscriminator()));
        KeyedTask one = task(read(new Whole()));
        String up = "{\"kind\":\"Up\",\"by\":1}";
        String down = "{\"kind\":\"Down\",\"by\":2}";

        assertThat(process(several, up)).containsExactly("up 1");
        assertThat(process(several, down)).containsExactly("down 2");
        assertThat(process(one, up)).containsExactly("Up[by=1]");
    }

    // ---- keys

    @KeyedProcessor(id = "keys", topics = "in")
    static class Keys {
        @OnRecord
        @SendTo("out")
        String on(String value, @Key String key) {
            return key;
        }
    }

    /** As text with replacement characters, different keys would be the same. */
    @Test
    void shouldFailARecordWhoseKeyIsNoText() {
        KeyedTask task = task(read(new Keys()));

        ProcessorFailed failed = catchThrowableOfType(
                ProcessorFailed.class,
                () -> task.process(new Given(new byte[] {(byte) 0xC3, 0x28}, "v".getBytes(UTF_8), Map.of())));

        assertThat(failed).hasMessageContaining("its key of 2 bytes cannot be read");
        assertThat(process(task, "v")).containsExactly("k");
        assertThat(task.process(new Given("a\uFFFDb".getBytes(UTF_8), "v".getBytes(UTF_8), Map.of()))
                        .outputs())
                .as("a replacement character that somebody wrote")
                .hasSize(1);
    }

    private record Given(byte[] key, byte[] value, Map<String, String> given) implements InputRecord {

        @Override
        public String topic() {
            return "in";
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
        public byte @Nullable [] header(String name) {
            String value = given.get(name);
            return value == null ? null : value.getBytes(UTF_8);
        }

        @Override
        public List<RecordHeader> headers() {
            return List.of();
        }
    }

    private static String problems(Object bean) {
        InvalidDefinition invalid = catchThrowableOfType(
                InvalidDefinition.class,
                () -> reader(StateCodecSource.builtIn()).read(List.of(bean(bean))));
        return String.join("\n", invalid.problems());
    }

    private static ProcessorDefinition read(Object bean) {
        return reader(StateCodecSource.builtIn()).read(List.of(bean(bean))).get(0);
    }

    private static ProcessorBean bean(Object bean) {
        return new ProcessorBean("bean", bean, ClassUtils.getUserClass(bean), true);
    }

    private static ProcessorDefinitionReader reader(StateCodecSource codecs) {
        return new ProcessorDefinitionReader(
                id -> () -> new KafkaRecordFormat(
                        new DefaultKafkaConsumerFactory<>(Map.of()),
                        new DefaultKafkaProducerFactory<>(Map.of()),
                        JsonMapper.shared()),
                text -> text,
                id -> Set.of(),
                codecs);
    }

    private static KeyedTask task(ProcessorDefinition definition) {
        return new KeyedTask(
                definition,
                new TaskId(definition.id(), 3),
                new KeyedState(new InMemoryStateStore(), definition.states(), 100),
                1 << 20,
                topic -> true);
    }

    private static List<String> process(KeyedTask task, String value) {
        List<String> outputs = new ArrayList<>();
        for (OutputRecord output : task.process(new Given("k".getBytes(UTF_8), value.getBytes(UTF_8), Map.of()))
                .outputs()) {
            outputs.add(new String(output.value(), UTF_8));
        }
        return outputs;
    }
}
