package io.tidemark.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.annotation.States;
import io.tidemark.api.ListState;
import io.tidemark.api.MapState;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.ProcessorStatus;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.SendTo;

/**
 * Values as applications have them are set, and compared after a restart that has nothing but the changelog. Each of these once came back as
 * something else, with nothing in the log.
 */
class ExactValuesIT {

    @TempDir
    private Path directory;

    private final String in = TestCluster.createTopic("in", 2);
    private final String out = TestCluster.createTopic("out", 1);
    private final String application = TestCluster.unique("exact");

    /** A field whose accessor is no getter. */
    static class Counter {
        private int n;

        int n() {
            return n;
        }

        static Counter of(int n) {
            Counter counter = new Counter();
            counter.n = n;
            return counter;
        }
    }

    sealed interface Event {}

    record Opened(String id, Instant at) implements Event {}

    record Closed(int reason) implements Event {}

    record Sku(String code) {}

    record Cell(int x, int y) {}

    record Basket(
            Map<Sku, Integer> items,
            Map<Cell, List<Event>> grid,
            @Nullable Event last) {}

    record Shift(ZonedDateTime start, OffsetDateTime end) {}

    record Recent(Set<String> ids, Map<String, Integer> sorted) {}

    record All(
            ValueState<Counter> counter,
            ValueState<Event> event,
            ListState<Event> events,
            ValueState<Basket> basket,
            ValueState<Shift> shift,
            ValueState<Recent> recent,
            MapState<Cell, BigDecimal> prices) {}

    @KeyedProcessor(id = "values", topics = "${test.in}")
    static class Values {
        @OnRecord
        @SendTo("${test.out}")
        @Nullable
        String on(String command, @Key String key, @States All all, @State ValueState<Long> rounds) {
            long round = rounds.update(() -> 0L, n -> n + 1);
            if (command.equals("set")) {
                all.counter().set(Counter.of(42));
                all.event().set(new Opened("a", Instant.ofEpochSecond(5, 7)));
                all.events().add(new Closed(1));
                all.events().add(new Opened("b", Instant.EPOCH));
                all.basket().set(basket());
                all.shift().set(shift());
                all.recent().set(recent());
                all.prices().put(new Cell(2, 1), new BigDecimal("1.50"));
                all.prices().put(new Cell(-1, 5), new BigDecimal("2"));
                return "set";
            }
            // read, and written again: the next restart must not add to it
            all.basket().update(Values::basket, b -> b);
            return key + " " + round + " " + differences(all);
        }

        static Basket basket() {
            Map<Sku, Integer> items = new LinkedHashMap<>();
            items.put(new Sku("z"), 1);
            items.put(new Sku("a"), 2);
            return new Basket(items, Map.of(new Cell(1, 2), List.of(new Closed(3))), new Closed(4));
        }

        static Shift shift() {
            return new Shift(
                    ZonedDateTime.of(2024, 3, 30, 12, 0, 0, 0, ZoneId.of("Europe/Berlin")),
                    OffsetDateTime.of(2024, 3, 30, 23, 30, 0, 0, ZoneOffset.ofHours(-5)));
        }

        static Recent recent() {
            Set<String> ids = new LinkedHashSet<>(List.of("third", "first", "second"));
            return new Recent(ids, new TreeMap<>(Map.of("b", 1, "a", 2)));
        }

        private static List<String> differences(All all) {
            List<String> found = new ArrayList<>();
            Counter counter = all.counter().getOr(Counter::new);
            check(found, "counter", 42, counter.n());
            check(
                    found,
                    "event",
                    new Opened("a", Instant.ofEpochSecond(5, 7)),
                    all.event().get());
            check(
                    found,
                    "events",
                    List.of(new Closed(1), new Opened("b", Instant.EPOCH)),
                    all.events().toList());
            check(found, "basket", basket(), all.basket().get());
            check(found, "shift", shift(), all.shift().get());
            Shift shift = all.shift().getOr(Values::shift);
            check(found, "day", LocalDate.of(2024, 3, 30), shift.end().toLocalDate());
            check(
                    found,
                    "zone",
                    10,
                    shift.start()
                            .plusDays(1)
                            .toInstant()
                            .atOffset(ZoneOffset.UTC)
                            .getHour());
            Recent recent = all.recent().getOr(Values::recent);
            check(found, "order", List.of("third", "first", "second"), List.copyOf(recent.ids()));
            Map<String, Integer> sorted = recent.sorted();
            check(found, "sorted", List.of("a", "b"), List.copyOf(sorted.keySet()));
            List<Cell> cells = new ArrayList<>();
            all.prices().keys().forEach(cells::add);
            check(found, "cells", List.of(new Cell(-1, 5), new Cell(2, 1)), cells);
            check(found, "price", new BigDecimal("1.50"), all.prices().get(new Cell(2, 1)));
            return found;
        }

        private static void check(List<String> found, String what, Object expected, @Nullable Object is) {
            if (!expected.equals(is)) {
                found.add(what);
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {
        @Bean
        Values values() {
            return new Values();
        }
    }

    @Test
    void shouldHaveTheSameValuesAfterEachRestart() {
        try (ConfigurableApplicationContext context = run("first")) {
            TestCluster.send(in, "k1", "set");
            TestCluster.send(in, "k2", "set");
            awaitOutputs(2);
        }
        int outputs = 2;
        for (String lostDisk : List.of("second", "third", "fourth")) {
            try (ConfigurableApplicationContext context = run(lostDisk)) {
                TestCluster.send(in, "k1", "check");
                TestCluster.send(in, "k2", "check");
                outputs += 2;
                awaitOutputs(outputs);
                assertThat(status(context).tasks())
                        .allSatisfy(task -> assertThat(task.message()).isNull());
            }
        }
        List<String> checks = new ArrayList<>();
        for (ConsumerRecord<String, String> record : TestCluster.committed(out)) {
            if (!record.value().equals("set")) {
                checks.add(record.value());
            }
        }
        assertThat(checks).containsExactlyInAnyOrder("k1 2 []", "k1 3 []", "k1 4 []", "k2 2 []", "k2 3 []", "k2 4 []");
    }

    private void awaitOutputs(int count) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(TestCluster.committed(out)).hasSize(count));
    }

    private static ProcessorStatus status(ConfigurableApplicationContext context) {
        return context.getBean(TidemarkProcessors.class)
                .runtime()
                .orElseThrow()
                .status("values")
                .orElseThrow();
    }

    private ConfigurableApplicationContext run(String instance) {
        return SpringApplication.run(
                App.class,
                "--spring.application.name=" + application,
                "--spring.kafka.bootstrap-servers=" + TestCluster.bootstrapServers(),
                "--test.in=" + in,
                "--test.out=" + out,
                "--tidemark.debug.verify-values=true",
                "--tidemark.shutdown.leave-group=true",
                "--tidemark.state.allow-temp-dir=true",
                "--tidemark.state.dir=" + directory.resolve(instance),
                "--spring.main.web-application-type=none");
    }
}
