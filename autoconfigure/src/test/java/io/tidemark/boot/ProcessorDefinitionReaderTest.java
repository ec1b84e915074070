package io.tidemark.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.annotation.States;
import io.tidemark.annotation.To;
import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.Outgoing;
import io.tidemark.api.Output;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.RecordOrigin;
import io.tidemark.api.ValueState;
import io.tidemark.error.InvalidDefinition;
import io.tidemark.error.ProcessorFailed;
import io.tidemark.stream.OutputRecord;
import io.tidemark.stream.RecordHeader;
import io.tidemark.task.KeyedTask;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.scheduling.annotation.Async;
import tools.jackson.core.JacksonException;

class ProcessorDefinitionReaderTest extends DefinitionFixture {

    record Order(String id, int cents) {}

    record Total(String customer, long cents, int partition) {}

    @KeyedProcessor(
            id = "totals",
            topics = {"orders", "${more.orders}"})
    static class Totals {

        @OnRecord
        @SendTo({"totals", "audit"})
        @Nullable
        Total on(
                RecordOrigin origin,
                Order order,
                @Key String customer,
                @Header("source") String source,
                @Header(name = "hint", required = false) byte[] hint,
                @State("cents") ValueState<Long> sum,
                @State ValueState<Order> last) {
            last.set(order);
            long now = sum.update(() -> 0L, n -> n + order.cents());
            return order.cents() < 0 ? null : new Total(customer + source + (hint == null), now, origin.partition());
        }
    }

    @Test
    void shouldBindEveryKindOfParameterAndSendTheResult() {
        ProcessorDefinition definition = read(new Totals());

        assertThat(definition.id()).isEqualTo("totals");
        assertThat(definition.topics()).containsExactly("orders", "resolved");
        assertThat(definition.outputs()).containsExactlyInAnyOrder("totals", "audit");
        assertThat(definition.states()).extracting(state -> state.name()).containsExactly("cents", "last");

        KeyedTask task = task(definition);
        List<OutputRecord> first = process(task, "c1", "{\"id\":\"o1\",\"cents\":5}", Map.of("source", "web"));
        List<OutputRecord> second =
                process(task, "c1", "{\"id\":\"o2\",\"cents\":7}", Map.of("source", "web", "hint", "x"));
        List<OutputRecord> none = process(task, "c1", "{\"id\":\"o3\",\"cents\":-1}", Map.of("source", "web"));

        assertThat(first).hasSize(2).extracting(OutputRecord::topic).containsExactly("totals", "audit");
        assertThat(text(first.get(0))).isEqualTo("{\"customer\":\"c1webtrue\",\"cents\":5,\"partition\":3}");
        assertThat(text(second.get(1))).isEqualTo("{\"customer\":\"c1webfalse\",\"cents\":12,\"partition\":3}");
        assertThat(second.get(0).key()).isEqualTo("c1".getBytes(UTF_8));
        assertThat(none).isEmpty();
    }

    @Test
    void shouldFailTheRecordWithItsPositionAndWithoutItsContent() {
        KeyedTask task = task(read(new Totals()));

        assertThatThrownBy(() -> process(task, "secret-key", "{\"cents\":\"secret-value\"", Map.of("source", "web")))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("orders-3@9")
                .hasMessageContaining("cannot be read")
                .hasMessageNotContaining("secret")
                .hasCauseInstanceOf(JacksonException.class)
                .satisfies(failure ->
                        assertThat(((ProcessorFailed) failure).isUnfit()).isTrue());
        assertThatThrownBy(() -> process(task, "k", "{\"id\":\"a\",\"cents\":1}", Map.of()))
                .hasMessageContaining("no header 'source'");
        assertThatThrownBy(() -> process(task, "k", null, Map.of("source", "web")))
                .hasMessageContaining("tombstone")
                .hasMessageContaining("@Nullable");
    }

    @KeyedProcessor(id = "flexible", topics = "t")
    static class Flexible {

        @OnRecord
        List<Outgoing<?>> on(@Nullable String text, @Key long id) {
            if (text == null) {
                return List.of(Outgoing.tombstone().to("gone"));
            }
            return List.of(
                    Outgoing.of(text.toUpperCase(java.util.Locale.ROOT))
                            .withKey(id + 1)
                            .to("upper")
                            .at(77)
                            .withHeader("h", new byte[] {1}),
                    Outgoing.of(new byte[] {9}).to("raw"));
        }
    }

    @Test
    void shouldLetAResultNameItsOwnTopicKeyAndTime() {
        KeyedTask task = task(read(new Flexible()));
        byte[] key = ByteBuffer.allocate(8).putLong(41).array();

        List<OutputRecord> outputs = new ArrayList<>(
                task.process(new Given(key, "abc".getBytes(UTF_8), Map.of())).outputs());
        List<OutputRecord> gone =
                new ArrayList<>(task.process(new Given(key, null, Map.of())).outputs());

        assertThat(outputs.get(0).topic()).isEqualTo("upper");
        assertThat(text(outputs.get(0))).isEqualTo("ABC");
        assertThat(ByteBuffer.wrap(outputs.get(0).key()).getLong()).isEqualTo(42);
        assertThat(outputs.get(0).timestamp()).isEqualTo(77);
        assertThat(outputs.get(0).headers()).extracting(RecordHeader::name).containsExactly("h");
        assertThat(outputs.get(1).value()).containsExactly(9);
        assertThat(outputs.get(1).key()).isEqualTo(key);
        assertThat(gone.get(0).value()).isNull();
    }

    enum Kind {
        WEB,
        SHOP
    }

    record Sides(ValueState<Order> last, @State("by-kind") MapState<Kind, Long> byKind, ListState<String> ids) {}

    /** Two topics with a method each, states declared once and shared, outputs beside the result. */
    @KeyedProcessor(id = "sides")
    static class TwoSides {

        @OnRecord(topics = "orders")
        @SendTo("first")
        Iterable<String> order(Order order, @States Sides sides, @To({"audit", "copy"}) Output<String> audit) {
            sides.last().set(order);
            sides.ids().add(order.id());
            sides.byKind().put(Kind.WEB, (long) order.cents());
            audit.send("seen " + order.id());
            audit.send(Outgoing.of("again").withKey("other"));
            return sides.ids().toList();
        }

        @OnRecord(topics = "${more.orders}")
        @SendTo("second")
        String returned(String id, @State ListState<String> ids, @State("by-kind") MapState<Kind, Long> kinds) {
            kinds.put(Kind.SHOP, 1L);
            List<Kind> seen = new ArrayList<>();
            kinds.keys().forEach(seen::add);
            return id + " of " + ids.toList() + seen;
        }
    }

    @Test
    void shouldGiveEachTopicItsMethodAndShareTheStatesTheyName() {
        ProcessorDefinition definition = read(new TwoSides());
        assertThat(definition.topics()).containsExactly("orders", "resolved");
        assertThat(definition.outputs()).containsExactlyInAnyOrder("first", "second", "audit", "copy");
        assertThat(definition.states())
                .extracting(state -> state.name() + " " + state.kind())
                .containsExactlyInAnyOrder("last VALUE", "by-kind MAP", "ids LIST");
        KeyedTask task = task(definition);
        process(task, "c", "{\"id\":\"o1\",\"cents\":5}", Map.of());
        List<OutputRecord> order = process(task, "c", "{\"id\":\"o2\",\"cents\":7}", Map.of());
        List<OutputRecord> back =
                new ArrayList<>(task.process(new Given("resolved", "c".getBytes(UTF_8), "o1".getBytes(UTF_8), Map.of()))
                        .outputs());
        assertThat(order)
                .extracting(output -> output.topic() + ":" + text(output))
                .containsExactly("audit:seen o2", "copy:seen o2", "audit:again", "copy:again", "first:o1", "first:o2");
        assertThat(order.get(2).key()).isEqualTo("other".getBytes(UTF_8));
        assertThat(back).extracting(ProcessorDefinitionReaderTest::text).containsExactly("o1 of [o1, o2][SHOP, WEB]");
    }

    sealed interface Event {}

    record Opened(String id) implements Event {}

    record Closed(String id) implements Event {}

    record Other() {}

    @KeyedProcessor(id = "typed", topics = "events")
    static class ByType {

        @OnRecord
        @SendTo("out")
        String opened(Opened event, @State ValueState<Long> open) {
            return "opened " + event.id() + " " + open.update(() -> 0L, n -> n + 1);
        }

        @OnRecord
        @SendTo("out")
        String any(@Nullable Event event) {
            return event == null ? "tombstone" : "event " + event.getClass().getSimpleName();
        }
    }

    @Test
    void shouldGiveEachRecordToTheMethodWhoseTypeFitsBest() {
        KeyedTask task = task(readTyped(new ByType()));
        assertThat(text(process(task, "k", "opened:7", Map.of()).get(0))).isEqualTo("opened 7 1");
        assertThat(text(process(task, "k", "closed:7", Map.of()).get(0))).isEqualTo("event Closed");
        assertThat(text(process(task, "k", "opened:8", Map.of()).get(0))).isEqualTo("opened 8 2");
        assertThat(text(process(task, "k", null, Map.of()).get(0))).isEqualTo("tombstone");
        assertThatThrownBy(() -> process(task, "k", "other:secret", Map.of()))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("no method of its topic takes a ")
                .hasMessageContaining("Other")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> process(task, "k", "broken", Map.of()))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("cannot be read");
    }

    @KeyedProcessor(id = "typed", topics = "events")
    static class WrongType {

        @OnRecord
        void on(Opened event) {}
    }

    @Test
    void shouldTellWhichTypeCameWhereAnotherWasTaken() {
        assertThatThrownBy(() -> process(task(readTyped(new WrongType())), "k", "closed:1", Map.of()))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("was read as " + Closed.class.getName())
                .hasMessageContaining("takes " + Opened.class.getName());
    }

    @KeyedProcessor(id = "typed", topics = "events")
    static class AmbiguousTypes {

        @OnRecord
        void one(@Nullable Opened event) {}

        @OnRecord
        void two(@Nullable Closed event) {}

        @OnRecord
        void three(Closed event) {}
    }

    @KeyedProcessor(
            id = "a",
            topics = {"t", "nobody"})
    static class LeavesATopicOut {

        @OnRecord(topics = "t")
        void on(String value) {}
    }

    record NotOnlyStates(ValueState<Long> fine, String other) {}

    @KeyedProcessor(id = "a", topics = "t")
    static class WrongStates {

        @OnRecord
        void on(
                String value,
                @States NotOnlyStates bundle,
                @States Order noBundle,
                @State MapState<Sides, Long> recordKeys,
                @State ListState<?> wild,
                @SuppressWarnings("rawtypes") @State MapState raw,
                Output<String> nowhere,
                @To("x") String noOutput) {}
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class OneStateOfTwoKinds {

        @OnRecord
        void on(String value, @State("s") ValueState<Long> a, @State("s") ListState<Long> b) {}
    }

    @Test
    void shouldRefuseWhatTheNewParametersCannotMean() {
        assertThat(problem(new AmbiguousTypes()))
                .contains("3 @OnRecord methods")
                .contains("share a topic only by");
        InvalidDefinition typed = catchThrowableOfType(InvalidDefinition.class, () -> readTyped(new AmbiguousTypes()));
        assertThat(String.join("\n", typed.problems()))
                .contains("two @OnRecord methods for Closed")
                .contains("a tombstone of topic 'events' could go to any of 2 methods");
        assertThat(problem(new LeavesATopicOut())).contains("no @OnRecord method takes the records of topic 'nobody'");
        assertThat(problem(new WrongStates()))
                .contains("component 'other' of NotOnlyStates has type java.lang.String")
                .contains("component 'id' of Order")
                .contains("state 'recordKeys' cannot be stored: Sides.last is ValueState, which has no bytes that sort")
                .contains("state 'wild' cannot be stored: the type is a wildcard")
                .contains("state 'raw' has no value type; write MapState<...>")
                .contains("'nowhere' is an Output; say where it goes with @To")
                .contains("@To parameter 'noOutput' has type java.lang.String");
        assertThat(problem(new OneStateOfTwoKinds())).contains("declared twice");
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class KeepsItsOutput {

        Output<String> kept;

        @OnRecord
        void on(String value, @To("x") Output<String> out) {
            kept = out;
            out.send(value);
        }
    }

    @Test
    void shouldRefuseAnOutputOutsideItsCallAndClosesWhatItWasGiven() {
        KeepsItsOutput bean = new KeepsItsOutput();
        process(task(read(bean)), "k", "v", Map.of());
        assertThatThrownBy(() -> bean.kept.send("late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("inside the handler call");
        EventDeserializer.open.set(0);
        KeyedTask task = task(readTyped(new ByType()));
        assertThat(EventDeserializer.open).hasValue(1);
        task.close();
        assertThat(EventDeserializer.open).hasValue(0);
    }

    /** A stand-in for a format that carries its type. */
    public static final class EventDeserializer implements Deserializer<Object> {

        static final AtomicInteger open = new AtomicInteger();

        public EventDeserializer() {
            open.incrementAndGet();
        }

        @Override
        public Object deserialize(String topic, byte[] data) {
            String[] parts = new String(data, UTF_8).split(":");
            return switch (parts[0]) {
                case "opened" -> new Opened(parts[1]);
                case "closed" -> new Closed(parts[1]);
                case "other" -> new Other();
                default -> throw new SerializationException("secret " + parts[0]);
            };
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }

    private static ProcessorDefinition readTyped(Object bean) {
        return reader(Map.of(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, EventDeserializer.class))
                .read(List.of(bean("bean", bean)))
                .get(0);
    }

    @KeyedProcessor(id = "NotValid", topics = "")
    static class EverythingWrong {
        @OnRecord
        @SendTo("!{payload.topic}")
        Stream<String> on(
                String one,
                String two,
                @Key Thread key,
                @Header("n") int number,
                @State ValueState<?> wild,
                @SuppressWarnings("rawtypes") @State ValueState raw,
                @State("9") ValueState<Long> badName,
                @State String noState,
                ValueState<Long> unmarked) {
            return Stream.empty();
        }
    }

    @Test
    void shouldTellEverythingThatIsWrongAtOnce() {
        InvalidDefinition invalid = catchThrowableOfType(InvalidDefinition.class, () -> read(new EverythingWrong()));

        assertThat(String.join("\n", invalid.problems()))
                .contains("processor id 'NotValid'")
                .contains("topics '' is empty")
                .contains("!{payload.topic}")
                .contains("Outgoing with its own topic")
                .contains("second payload")
                .contains("java.lang.Thread")
                .contains("headers are read as String or byte[]")
                .contains("state 'wild' cannot be stored: the type is a wildcard")
                .contains("state 'raw' has no value type")
                .contains("state name '9'")
                .contains("states are declared as ValueState<T>")
                .contains("annotate it with @State")
                .contains("returns Stream");
        assertThat(invalid.problems()).allSatisfy(problem -> assertThat(problem).contains("EverythingWrong"));
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class NoHandler {}

    @KeyedProcessor(id = "a", topics = "t")
    static class TwoHandlers {
        @OnRecord
        void one(String value) {}

        @OnRecord
        void two(String value) {}
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class ReturnsFuture {
        @OnRecord
        @SendTo("x")
        CompletableFuture<String> on(String value) {
            return CompletableFuture.completedFuture(value);
        }
    }

    interface CorePublisher<T> extends org.reactivestreams.Publisher<T> {}

    @KeyedProcessor(id = "a", topics = "t")
    static class ReturnsPublisher {
        @OnRecord
        @SendTo("x")
        CorePublisher<String> on(String value) {
            return subscriber -> {};
        }
    }

    @KeyedProcessor(id = "a", topics = "a,b")
    static class ListSentNowhere {
        @OnRecord
        List<String> on(
                org.apache.kafka.clients.consumer.ConsumerRecord<String, String> record,
                @Header("kafka_receivedTopic") String topic,
                @SuppressWarnings("rawtypes") @State ValueState<List> raw,
                @State ValueState<Map<String, Object>> open) {
            return List.of();
        }
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class NullInList {
        @OnRecord
        @SendTo("x")
        List<String> on(String value) {
            return java.util.Arrays.asList("fine", null);
        }
    }

    @Test
    void shouldRefuseANullAmongSeveralResultsAndAJsonNull() {
        assertThatThrownBy(() -> process(task(read(new NullInList())), "k", "v", Map.of()))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("tombstone()");
        assertThatThrownBy(() -> process(task(read(new Totals())), "k", "null", Map.of("source", "s")))
                .isInstanceOf(ProcessorFailed.class)
                .hasMessageContaining("value is null");
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class SendsNowhere {
        @OnRecord
        String on(String value) {
            return value;
        }
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class SendsNothing {
        @OnRecord
        @SendTo("x")
        void on(String value) {}
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class Asynchronous {
        @Async
        @OnRecord
        void on(String value) {}
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class TwoTypesOfOneState {
        @OnRecord
        void on(String value, @State("s") ValueState<Long> a, @State("s") ValueState<String> b) {}
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class Fine {
        @OnRecord
        void on(String value, @State ValueState<Long> n) {}
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class FinalHandler {
        @OnRecord
        final void on(String value) {}
    }

    @Test
    void shouldRefuseWhatCannotWork() {
        assertThat(problem(new NoHandler())).contains("no @OnRecord method");
        assertThat(problem(new TwoHandlers())).contains("2 @OnRecord methods");
        assertThat(problem(new ReturnsFuture())).contains("returns CompletableFuture");
        assertThat(problem(new SendsNowhere())).contains("no @SendTo");
        assertThat(problem(new ReturnsPublisher())).contains("returns CorePublisher");
        assertThat(problem(new ListSentNowhere()))
                .contains("'a,b' is no topic name")
                .contains("no @SendTo")
                .contains("exists only for message listeners")
                .contains("kafka_receivedTopic")
                .contains("state 'raw' cannot be stored: the type is List without type arguments")
                .contains("state 'open' cannot be stored: value is Object, which says nothing");
        assertThat(problem(new SendsNothing())).contains("returns nothing");
        assertThat(problem(new Asynchronous())).contains("@Async").contains("undone");
        assertThat(problem(new TwoTypesOfOneState())).contains("declared twice");
    }

    @Test
    void shouldRefuseTwoProcessorsWithOneId() {
        InvalidDefinition invalid = catchThrowableOfType(
                InvalidDefinition.class, () -> reader().read(List.of(bean("x", new Fine()), bean("y", new Fine()))));

        assertThat(invalid.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).contains("'x'").contains("'y'"));
    }

    @Test
    void shouldRefuseBeansWhoseProxyHidesTheHandler() {
        ProxyFactory classProxy = new ProxyFactory(new FinalHandler());
        classProxy.setProxyTargetClass(true);
        ProxyFactory interfaceProxy = new ProxyFactory(new Fine());
        interfaceProxy.setInterfaces(Runnable.class);
        interfaceProxy.setProxyTargetClass(false);

        assertThat(problem(new ProcessorBean("b", classProxy.getProxy(), FinalHandler.class, true)))
                .contains("final or private");
        assertThat(problem(new ProcessorBean("b", interfaceProxy.getProxy(), Fine.class, true)))
                .contains("interface proxy");
        assertThat(problem(new ProcessorBean("b", new Fine(), Fine.class, false)))
                .contains("not a singleton");
    }

    @Test
    void shouldCallTheProxyOfAProxiedBean() {
        List<String> seen = new ArrayList<>();
        ProxyFactory proxy = new ProxyFactory(new Totals());
        proxy.setProxyTargetClass(true);
        proxy.addAdvice((org.aopalliance.intercept.MethodInterceptor) call -> {
            seen.add(call.getMethod().getName());
            return call.proceed();
        });
        ProcessorDefinition definition = reader().read(
                        List.of(new ProcessorBean("b", proxy.getProxy(), Totals.class, true)))
                .get(0);

        process(task(definition), "c", "{\"id\":\"o\",\"cents\":1}", Map.of("source", "x"));

        assertThat(seen).containsExactly("on");
    }
}
