package io.tidemark.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.TestCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.SendTo;

/** A whole Spring Boot application with a processor, against a real broker. */
class TidemarkApplicationIT {

    @TempDir
    private Path directory;

    record Payment(int cents) {}

    record Balance(String customer, long cents, int payments) {}

    @KeyedProcessor(id = "balances", topics = "${test.in}")
    static class Balances {

        @OnRecord
        @SendTo("${test.out}")
        Balance on(Payment payment, @Key String customer, @State ValueState<Balance> balance) {
            return balance.update(
                    () -> new Balance(customer, 0, 0),
                    b -> new Balance(customer, b.cents() + payment.cents(), b.payments() + 1));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {
        @Bean
        Balances balances() {
            return new Balances();
        }
    }

    @Test
    void shouldProcessStopWithAFinalCheckpointAndGoOn() throws Exception {
        // given
        String in = TestCluster.createTopic("in", 2);
        String out = TestCluster.createTopic("out", 2);
        String application = TestCluster.unique("bank");
        // an interval so long that only the stop itself can commit the last records
        String[] arguments = {
            "--spring.application.name=" + application,
            "--spring.kafka.bootstrap-servers=" + TestCluster.bootstrapServers(),
            "--test.in=" + in,
            "--test.out=" + out,
            "--tidemark.state.allow-temp-dir=true",
            "--tidemark.state.dir=" + directory,
            "--tidemark.checkpoint.interval=4s",
            "--tidemark.checkpoint.min-spacing=4s",
            "--spring.main.web-application-type=none"
        };
        ConfigurableApplicationContext context = SpringApplication.run(App.class, arguments);
        HealthIndicator health = health(context);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> health.health().getDetails().toString().contains("RUNNING=2"));
        for (int i = 1; i <= 10; i++) {
            TestCluster.send(in, "ann", "{\"cents\":" + i + "}");
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> context.getBean(TidemarkProcessors.class)
                                .runtime()
                                .orElseThrow()
                                .status("balances")
                                .orElseThrow()
                                .records()
                                .in()
                        == 10);

        // when
        long start = System.nanoTime();
        context.close();
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        // then everything is committed, offsets carry pointers, and nothing is open
        assertThat(took).isLessThan(Duration.ofSeconds(10));
        List<ConsumerRecord<String, String>> balances = TestCluster.committed(out);
        assertThat(balances).hasSize(10);
        assertThat(balances.get(9).value()).isEqualTo("{\"customer\":\"ann\",\"cents\":55,\"payments\":10}");
        try (Admin admin = TestCluster.clients().admin()) {
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(application + ".balances")
                    .partitionsToOffsetAndMetadata()
                    .get();
            assertThat(offsets)
                    .hasSize(2)
                    .allSatisfy(
                            (partition, offset) -> assertThat(offset.metadata()).startsWith("tm1:"));
        }

        // when it starts again
        try (ConfigurableApplicationContext again = SpringApplication.run(App.class, arguments)) {
            TestCluster.send(in, "ann", "{\"cents\":45}");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> TestCluster.committed(out).size() == 11);
            assertThat(health(again).health().getStatus()).isEqualTo(Status.UP);
        }
        assertThat(TestCluster.committed(out).get(10).value())
                .isEqualTo("{\"customer\":\"ann\",\"cents\":100,\"payments\":11}");
    }

    @Test
    void shouldStopOnAnUndecodableRecordAndTellWhere() {
        String in = TestCluster.createTopic("in", 1);
        String out = TestCluster.createTopic("out", 1);
        try (ConfigurableApplicationContext context = SpringApplication.run(
                App.class,
                "--spring.application.name=" + TestCluster.unique("bank"),
                "--spring.kafka.bootstrap-servers=" + TestCluster.bootstrapServers(),
                "--test.in=" + in,
                "--test.out=" + out,
                "--tidemark.state.allow-temp-dir=true",
                "--tidemark.state.dir=" + directory,
                "--tidemark.retry.backoff=20ms",
                "--spring.main.web-application-type=none")) {
            TestCluster.send(in, "ann", "{\"cents\":1}");
            TestCluster.send(in, "ann", "{\"cents\":\"top-secret\"");
            TestCluster.send(in, "ann", "{\"cents\":3}");

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(health(context).health().getStatus()).isEqualTo(Status.DOWN);
                assertThat(health(context).health().getDetails().get("isolated").toString())
                        .contains("balances")
                        .contains(in + "-0@1")
                        .contains("cannot be read")
                        .contains("nothing is lost")
                        .doesNotContain("top-secret");
            });
            assertThat(TestCluster.committed(out)).hasSize(1);
        }
    }

    private static HealthIndicator health(ConfigurableApplicationContext context) {
        CompositeHealthContributor all = context.getBean("tidemarkHealthContributor", CompositeHealthContributor.class);
        return (HealthIndicator) all.getContributor("balances");
    }
}
