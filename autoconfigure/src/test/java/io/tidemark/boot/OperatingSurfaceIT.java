package io.tidemark.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.RuntimeEvent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operators see and call, over HTTP: checkpoints, readiness, application events. */
@ExtendWith(OutputCaptureExtension.class)
class OperatingSurfaceIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    @KeyedProcessor(id = "sums", topics = "${test.in}")
    static class Sums {
        @OnRecord
        void on(String text, @State ValueState<Long> sum) {
            if (text.equals("poison")) {
                throw new IllegalArgumentException("as the test wants it");
            }
            sum.update(() -> 0L, n -> n + text.length());
        }
    }

    static class Heard {

        final List<RuntimeEvent> events = new CopyOnWriteArrayList<>();
        final CountDownLatch slow = new CountDownLatch(1);

        final List<AuditEvent> audits = new CopyOnWriteArrayList<>();

        @EventListener
        void on(AuditApplicationEvent event) {
            audits.add(event.getAuditEvent());
        }

        @EventListener
        void on(RuntimeEvent event) {
            events.add(event);
        }

        @EventListener
        void once(RuntimeEvent.TaskRestored restored) throws InterruptedException {
            // a listener that takes its time must not hold a worker up
            slow.await(20, TimeUnit.SECONDS);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {
        @Bean
        Sums sums() {
            return new Sums();
        }

        @Bean
        Heard heard() {
            return new Heard();
        }
    }

    @Test
    void shouldShowAndTakeCheckpointsWhereWritesAreAllowed() throws Exception {
        String in = TestCluster.createTopic("in", 1);
        try (ConfigurableApplicationContext context = start(
                in,
                "--tidemark.actuator.writes=true",
                "--tidemark.checkpoint.interval=3s",
                "--tidemark.checkpoint.min-spacing=3s")) {
            context.getBean(Heard.class).slow.countDown();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> get(context, "/checkpoints")
                                    .at("/processors/sums/counts/completed")
                                    .asInt()
                            == 1);
            TestCluster.send(in, "k", "abc");
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            get(context, "/processors/sums").at("/records/in").asInt() == 1);
            // when asked, without a body and with one
            HttpResponse<String> bare = post(context, "/checkpoints", null);
            assertThat(bare.statusCode()).isEqualTo(202);
            assertThat(JsonMapper.shared()
                            .readTree(bare.body())
                            .path("processors")
                            .toString())
                    .isEqualTo("[\"sums\"]");
            await().atMost(Duration.ofMillis(1_500))
                    .until(() -> get(context, "/checkpoints/sums")
                                    .at("/counts/completed")
                                    .asInt()
                            == 2);
            JsonNode latest = get(context, "/checkpoints/sums").at("/history/0");
            assertThat(latest.path("outcome").asString()).isEqualTo("COMPLETED");
            assertThat(latest.path("records").asInt()).isEqualTo(1);
            assertThat(latest.path("bytes").asInt()).isPositive();
            assertThat(latest.path("decideMillis").asDouble()).isPositive();
            assertThat(post(context, "/checkpoints", "{\"kind\":\"incremental\"}")
                            .statusCode())
                    .isEqualTo(202);
            // and what cannot be
            assertThat(post(context, "/checkpoints", "{\"kind\":\"full\"}").statusCode())
                    .isEqualTo(400);
            assertThat(status(context, "/checkpoints/nobody")).isEqualTo(404);
        }
    }

    @Test
    void shouldLetAPersonDecideAboutTheRecordATaskStopsBefore() throws Exception {
        String in = TestCluster.createTopic("in", 1);
        try (ConfigurableApplicationContext context = start(
                in,
                "--tidemark.actuator.writes=true",
                "--tidemark.retry.again=java.lang.IllegalArgumentException",
                "--tidemark.retry.backoff=20ms")) {
            Heard heard = context.getBean(Heard.class);
            heard.slow.countDown();
            List.of("ab", "poison", "cde").forEach(text -> TestCluster.send(in, "k", text));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> get(context, "/processors/sums")
                            .at("/tasks/0/phase")
                            .asString()
                            .equals("ISOLATED"));
            assertThat(get(context, "/processors/sums")
                            .at("/tasks/0/record/offset")
                            .asInt())
                    .isEqualTo(1);
            String body = "{\"topic\":\"" + in + "\",\"partition\":0,\"offset\":%d,\"decision\":\"%s\"}";

            assertThat(post(context, "/processors/sums", body.formatted(2, "skip"))
                            .statusCode())
                    .isEqualTo(409);
            assertThat(post(context, "/processors/nobody", body.formatted(1, "skip"))
                            .statusCode())
                    .isEqualTo(404);
            HttpResponse<String> nonsense = post(context, "/processors/sums", body.formatted(1, "nonsense"));
            assertThat(nonsense.statusCode()).isEqualTo(400);
            assertThat(nonsense.body()).contains("one of retry, skip and dead-letter");
            HttpResponse<String> letterless = post(context, "/processors/sums", body.formatted(1, "dead-letter"));
            assertThat(letterless.statusCode()).isEqualTo(409);
            assertThat(letterless.body()).contains("Dead-letter topic " + in + "-dlt does not exist");
            assertThat(post(context, "/processors/sums", body.formatted(1, "skip"))
                            .statusCode())
                    .isEqualTo(202);

            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            get(context, "/processors/sums").at("/records/in").asInt() == 3);
            assertThat(get(context, "/processors/sums").at("/records/skipped").asInt())
                    .isEqualTo(1);
            assertThat(heard.audits)
                    .singleElement()
                    .satisfies(audit -> assertThat(audit.getData())
                            .containsEntry("offset", 1L)
                            .containsEntry("decision", "SKIP"));
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(heard.events)
                            .hasAtLeastOneElementOfType(RuntimeEvent.RecordDecided.class)
                            .anySatisfy(event -> assertThat(event)
                                    .isInstanceOfSatisfying(
                                            RuntimeEvent.TaskIsolated.class,
                                            isolated -> assertThat(isolated.cause())
                                                    .isInstanceOf(IllegalArgumentException.class))));
        }
    }

    @Test
    void shouldRefuseWritesUnlessTheyAreAllowed() throws Exception {
        String in = TestCluster.createTopic("in", 1);
        try (ConfigurableApplicationContext context = start(in)) {
            context.getBean(Heard.class).slow.countDown();
            assertThat(status(context, "/checkpoints")).isEqualTo(200);
            assertThat(post(context, "/checkpoints", null).statusCode()).isEqualTo(405);
            assertThat(post(context, "/processors/sums", "{}").statusCode()).isEqualTo(405);
        }
    }

    /** S4: what the configuration keeps secret is in no answer and no log line. */
    @Test
    void shouldShowNoSecretsOfTheConfiguration(CapturedOutput output) throws Exception {
        String in = TestCluster.createTopic("in", 1);
        String secret = "5ecret-password";
        try (ConfigurableApplicationContext context = start(
                in,
                "--logging.level.io.tidemark=TRACE",
                "--spring.kafka.properties.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule"
                        + " required username=\"u\" password=\"" + secret + "\";",
                "--spring.kafka.ssl.key-password=" + secret)) {
            context.getBean(Heard.class).slow.countDown();
            TestCluster.send(in, "k", "poison");
            await().atMost(Duration.ofSeconds(30)).until(() -> status(context, "/health/readiness") == 200);
            for (String path : List.of(
                    "/processors", "/processors/sums", "/checkpoints", "/health", "/env", "/configprops", "/metrics")) {
                HttpResponse<String> answer =
                        HTTP.send(request(context, path).build(), HttpResponse.BodyHandlers.ofString());
                assertThat(answer.body()).as(path).isNotEmpty().doesNotContain(secret);
            }
        }
        assertThat(output.getAll()).contains("io.tidemark").doesNotContain(secret);
    }

    /** A topic that is not there yet keeps the processor starting: not ready, but nothing to kill the process for. */
    @Test
    void shouldBeOutOfServiceForReadinessOnlyWhileTasksAreOnTheirWay() throws Exception {
        String in = TestCluster.createTopic("in", 2);
        try (ConfigurableApplicationContext context = start(in, "--tidemark.auto-startup=false")) {
            context.getBean(Heard.class).slow.countDown();
            TidemarkProcessors processors = context.getBean(TidemarkProcessors.class);
            status(context, "/health/readiness"); // the first answer takes long
            processors.runtime().orElseThrow().start();
            // from the start to the first task, readiness says no and liveness yes
            int ready = status(context, "/health/readiness");
            int live = status(context, "/health/liveness");
            assertThat(ready).isEqualTo(503);
            assertThat(live).isEqualTo(200);
            await().atMost(Duration.ofSeconds(30)).until(() -> status(context, "/health/readiness") == 200);
            JsonNode health = get(context, "/health");
            assertThat(health.at("/components/tidemark/components/sums/status").asString())
                    .isEqualTo("UP");
            assertThat(health.at("/components/tidemarkReadiness").isMissingNode())
                    .as("readiness is no part of the main answer")
                    .isTrue();
        }
    }

    @Test
    void shouldPublishWhatHappensWithoutWaitingForListeners() {
        String in = TestCluster.createTopic("in", 1);
        ConfigurableApplicationContext context = start(in);
        Heard heard = context.getBean(Heard.class);
        TestCluster.send(in, "k", "abc");
        TidemarkProcessors processors = context.getBean(TidemarkProcessors.class);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> processors
                                .runtime()
                                .orElseThrow()
                                .status("sums")
                                .orElseThrow()
                                .records()
                                .in()
                        == 1);
        heard.slow.countDown();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(heard.events)
                        .hasAtLeastOneElementOfType(RuntimeEvent.TaskAssigned.class)
                        .hasAtLeastOneElementOfType(RuntimeEvent.TaskRestored.class)
                        .hasAtLeastOneElementOfType(RuntimeEvent.TaskCheckpointed.class)
                        .hasAtLeastOneElementOfType(RuntimeEvent.CheckpointCommitted.class));
        context.close();
        assertThat(heard.events)
                .as("what a stop does is told as well, in order")
                .last()
                .isInstanceOf(RuntimeEvent.TaskReleased.class);
    }

    private ConfigurableApplicationContext start(String in, String... more) {
        List<String> arguments = new java.util.ArrayList<>(List.of(
                "--spring.application.name=" + TestCluster.unique("surface"),
                "--spring.kafka.bootstrap-servers=" + TestCluster.bootstrapServers(),
                "--test.in=" + in,
                "--tidemark.state.allow-temp-dir=true",
                "--tidemark.state.dir=" + directory.resolve(in),
                "--server.port=0",
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.health.show-details=always",
                "--management.endpoint.health.probes.enabled=true"));
        arguments.addAll(List.of(more));
        return SpringApplication.run(App.class, arguments.toArray(String[]::new));
    }

    private static HttpRequest.Builder request(ConfigurableApplicationContext context, String path) {
        String port = context.getEnvironment().getProperty("local.server.port");
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator" + path));
    }

    private static JsonNode get(ConfigurableApplicationContext context, String path)
            throws IOException, InterruptedException {
        return JsonMapper.shared()
                .readTree(HTTP.send(request(context, path).build(), HttpResponse.BodyHandlers.ofString())
                        .body());
    }

    private static int status(ConfigurableApplicationContext context, String path)
            throws IOException, InterruptedException {
        return HTTP.send(request(context, path).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static HttpResponse<String> post(ConfigurableApplicationContext context, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(context, path);
        if (body == null) {
            request.POST(BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
