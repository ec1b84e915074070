package io.tidemark.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.FailureClassifier;
import io.tidemark.api.FailureKind;
import io.tidemark.api.OnNewerState;
import io.tidemark.api.ProcessorDefinition;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StateDescriptor;
import io.tidemark.api.ValueState;
import io.tidemark.boot.TidemarkProcessors;
import io.tidemark.boot.actuate.ProcessorsEndpoint;
import io.tidemark.boot.metrics.TidemarkMetrics;
import io.tidemark.codec.AvroStateCodecs;
import io.tidemark.codec.ProtobufStateCodecs;
import io.tidemark.error.EnvironmentRefused;
import io.tidemark.error.InvalidDefinition;
import io.tidemark.kafka.GroupProtocol;
import io.tidemark.kafka.StartFrom;
import io.tidemark.runtime.ErrorPolicy;
import io.tidemark.runtime.InputChanges;
import io.tidemark.runtime.ProcessingRuntime;
import io.tidemark.runtime.ProcessorSettings;
import io.tidemark.runtime.RestartStrategy;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.messaging.handler.annotation.SendTo;

class TidemarkAutoConfigurationTest {

    @TempDir
    private static Path directory;

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    KafkaAutoConfiguration.class,
                    StateCodecsAutoConfiguration.class,
                    TidemarkAutoConfiguration.class,
                    TidemarkActuatorAutoConfiguration.class,
                    TidemarkHealthAutoConfiguration.class,
                    TidemarkMetricsAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class))
            .withPropertyValues(
                    "spring.application.name=test-app",
                    "tidemark.auto-startup=false",
                    "tidemark.state.allow-temp-dir=true",
                    "tidemark.state.dir=" + directory,
                    "management.endpoints.web.exposure.include=processors");

    @Test
    void shouldDoNothingWithoutAProcessor() {
        runner.withPropertyValues("tidemark.auto-startup=true").run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(TidemarkProcessors.class).runtime()).isEmpty();
            assertThat(directory).isEmptyDirectory();
        });
    }

    @Test
    void shouldOfferCodecsOfLibrariesThatAreThere() {
        runner.run(context ->
                assertThat(context).hasSingleBean(AvroStateCodecs.class).hasSingleBean(ProtobufStateCodecs.class));
        runner.withClassLoader(new FilteredClassLoader("org.apache.avro", "com.google.protobuf"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(AvroStateCodecs.class)
                        .doesNotHaveBean(ProtobufStateCodecs.class));
        runner.withBean("own", AvroStateCodecs.class, AvroStateCodecs::new)
                .run(context -> assertThat(context).hasSingleBean(AvroStateCodecs.class));
    }

    /** By the type of the state, from a bean; in the state of a message, from Protobuf's classes. */
    @Test
    void shouldFindTheCodecAmongTheBeans() {
        runner.withUserConfiguration(Opaque.class).run(context -> {
            List<StateDescriptor<?>> states = context.getBean(TidemarkProcessors.class)
                    .runtime()
                    .orElseThrow()
                    .definitions()
                    .get(0)
                    .states();
            assertThat(states)
                    .extracting(state -> state.name() + " " + state.codec().id())
                    .containsExactlyInAnyOrder("thread opaque", "time protobuf", "total long");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Opaque {

        @KeyedProcessor(id = "opaque", topics = "in")
        static class Processor {
            @OnRecord
            void on(
                    String value,
                    @State ValueState<Thread> thread,
                    @State ValueState<Timestamp> time,
                    @State ValueState<Long> total) {}
        }

        @Bean
        StateCodec<Thread> threads() {
            return new StateCodec<>() {
                @Override
                public String id() {
                    return "opaque";
                }

                @Override
                public String schema() {
                    return "1";
                }

                @Override
                public byte[] encode(Thread value) {
                    return new byte[0];
                }

                @Override
                public Thread decode(byte[] bytes) {
                    return Thread.currentThread();
                }
            };
        }
    }

    @Test
    void shouldSetWhatBecomesOfNewerState() {
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues(
                        "tidemark.on-newer-state=refuse",
                        "tidemark.processors.counts.on-newer-state=read-known",
                        "tidemark.debug.verify-values=true")
                .run(context -> {
                    ProcessorSettings settings = context.getBean(TidemarkProcessors.class)
                            .runtime()
                            .orElseThrow()
                            .processorSettings("counts");
                    assertThat(settings.worker().onNewerState()).isEqualTo(OnNewerState.READ_KNOWN);
                    assertThat(settings.worker().verifyValues()).isTrue();
                });
    }

    @Test
    void shouldReadTheProcessorBeans() {
        runner.withUserConfiguration(Counting.class).run(context -> {
            ProcessingRuntime runtime =
                    context.getBean(TidemarkProcessors.class).runtime().orElseThrow();
            assertThat(runtime.definitions()).singleElement().satisfies(definition -> {
                assertThat(definition.id()).isEqualTo("counts");
                assertThat(definition.topics()).containsExactly("orders");
                assertThat(definition.outputs()).containsExactly("totals");
                assertThat(definition.states()).singleElement().satisfies(state -> {
                    assertThat(state.name()).isEqualTo("total");
                    assertThat(state.codec().id()).isEqualTo("long");
                });
            });
        });
    }

    @Test
    void shouldBackOffWithoutSpringKafka() {
        runner.withClassLoader(new FilteredClassLoader(ConsumerFactory.class))
                .run(context -> assertThat(context).doesNotHaveBean(TidemarkProcessors.class));
    }

    @Test
    void shouldBackOffWhenTheApplicationBringsItsOwn() {
        TidemarkProcessors own = new TidemarkProcessors() {
            @Override
            public java.util.Optional<ProcessingRuntime> runtime() {
                return java.util.Optional.empty();
            }

            @Override
            public void whenReady(java.util.function.Consumer<ProcessingRuntime> action) {
                // never
            }
        };
        runner.withBean(TidemarkProcessors.class, () -> own)
                .run(context -> assertThat(context)
                        .hasSingleBean(TidemarkProcessors.class)
                        .doesNotHaveBean(TidemarkLifecycle.class));
    }

    @Test
    void shouldStopAfterListenersAndWebServer() {
        assertThat(TidemarkLifecycle.PHASE)
                .isLessThan(org.springframework.kafka.listener.AbstractMessageListenerContainer.DEFAULT_PHASE)
                .isLessThan(org.springframework.context.SmartLifecycle.DEFAULT_PHASE - 2048);
    }

    @Test
    void shouldOfferEndpointHealthAndMeters() {
        runner.withUserConfiguration(Counting.class)
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> {
                    ProcessorsEndpoint endpoint = context.getBean(ProcessorsEndpoint.class);
                    assertThat(endpoint.processors().processors()).hasSize(1);
                    assertThat(endpoint.processor("counts")).isNotNull();
                    assertThat(endpoint.processor("nobody")).isNull();
                    CompositeHealthContributor health =
                            context.getBean("tidemarkHealthContributor", CompositeHealthContributor.class);
                    assertThat(health.getContributor("nobody")).isNull();
                    HealthIndicator counts = (HealthIndicator) health.getContributor("counts");
                    assertThat(counts.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
                    assertThat(context).hasSingleBean(TidemarkMetrics.class);
                    assertThat(context.getBean(MeterRegistry.class)
                                    .get("tidemark.records.in")
                                    .tags("processor", "counts", "group", "test-app.counts")
                                    .functionCounter()
                                    .count())
                            .isZero();
                });
    }

    /** Meter binders are bound as soon as all beans are there, in any order with the processors. */
    @Test
    void shouldBindMetersWhicheverComesFirst() {
        AtomicReference<Consumer<ProcessingRuntime>> waiting = new AtomicReference<>();
        runner.withUserConfiguration(Counting.class).run(context -> {
            ProcessingRuntime runtime =
                    context.getBean(TidemarkProcessors.class).runtime().orElseThrow();
            TidemarkProcessors later = new TidemarkProcessors() {
                @Override
                public Optional<ProcessingRuntime> runtime() {
                    return Optional.empty();
                }

                @Override
                public void whenReady(Consumer<ProcessingRuntime> action) {
                    waiting.set(action);
                }
            };
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            new TidemarkMetrics(() -> later).bindTo(registry);
            assertThat(registry.getMeters()).isEmpty();
            waiting.get().accept(runtime);
            assertThat(registry.find("tidemark.records.in").functionCounter()).isNotNull();
        });
        runner.withUserConfiguration(EarlyBinder.class)
                .run(context -> assertThat(
                                context.getBean(EarlyBinder.class).seen.get())
                        .as("whoever asks before the processors are read is told later")
                        .isNotNull());
    }

    @Test
    void shouldKeepTheEndpointUnexposedByDefault() {
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues("management.endpoints.web.exposure.include=health")
                .run(context -> assertThat(context).doesNotHaveBean(ProcessorsEndpoint.class));
    }

    @Test
    void shouldTakeTheUsersOffsetResetAsTheStart() {
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues("spring.kafka.consumer.auto-offset-reset=latest")
                .run(context -> assertThat(settings(context).startFrom()).isEqualTo(StartFrom.LATEST));
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues("spring.kafka.consumer.auto-offset-reset=none")
                .run(context -> assertThat(settings(context).startFrom()).isEqualTo(StartFrom.NONE));
        Instant before = Instant.now();
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues("spring.kafka.consumer.auto-offset-reset=by_duration:PT24H")
                .run(context -> assertThat(settings(context).startFrom().toString())
                        .isBetween(
                                StartFrom.since(before.minus(Duration.ofHours(24)))
                                        .toString(),
                                StartFrom.since(Instant.now().minus(Duration.ofHours(23)))
                                        .toString()));
        for (String nonsense : List.of("newest", "by_duration:", "by_duration:soon", "by_duration:-PT1H")) {
            runner.withUserConfiguration(Counting.class)
                    .withPropertyValues("tidemark.processors.counts.start-from=" + nonsense)
                    .run(context -> assertThat(context)
                            .getFailure()
                            .isInstanceOf(EnvironmentRefused.class)
                            .hasMessageContaining("tidemark.processors.counts.start-from=" + nonsense));
        }
        runner.withUserConfiguration(Counting.class)
                .run(context -> assertThat(settings(context).startFrom()).isEqualTo(StartFrom.EARLIEST));
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues(
                        "spring.kafka.consumer.auto-offset-reset=latest",
                        "tidemark.processors.counts.start-from=earliest",
                        "tidemark.processors.counts.concurrency=3",
                        "tidemark.processors.counts.checkpoint-interval=250ms")
                .run(context -> {
                    assertThat(settings(context).startFrom()).isEqualTo(StartFrom.EARLIEST);
                    assertThat(settings(context).concurrency()).isEqualTo(3);
                    assertThat(settings(context).worker().checkpoint().interval())
                            .isEqualTo(Duration.ofMillis(250));
                });
    }

    @Test
    void shouldMapErrorsRestartsAndTheGroupProtocol() {
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues(
                        "tidemark.on-error=skip",
                        "tidemark.restart.strategy=failure-rate",
                        "tidemark.restart.failures=7",
                        "tidemark.restart.window=3m",
                        "tidemark.group.protocol=consumer",
                        "tidemark.state.scrub=true",
                        "tidemark.debug.check-placement=true")
                .run(context -> {
                    ProcessorSettings settings = settings(context);
                    assertThat(settings.worker().errors().policy()).isEqualTo(ErrorPolicy.SKIP);
                    assertThat(settings.worker().checkPlacement()).isTrue();
                    assertThat(settings.membership().protocol()).isEqualTo(GroupProtocol.CONSUMER);
                    assertThat(settings.restart())
                            .isEqualTo(
                                    new RestartStrategy.FailureRate(7, Duration.ofMinutes(3), Duration.ofSeconds(1)));
                });
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues(
                        "tidemark.on-error=skip",
                        "tidemark.restart.strategy=fixed-delay",
                        "tidemark.restart.attempts=4",
                        "tidemark.group.protocol=consumer",
                        "tidemark.processors.counts.on-error=dead-letter",
                        "tidemark.processors.counts.dead-letter-topic=letters",
                        "tidemark.processors.counts.group-protocol=classic")
                .run(context -> {
                    ProcessorSettings settings = settings(context);
                    assertThat(settings.worker().errors().policy()).isEqualTo(ErrorPolicy.DEAD_LETTER);
                    assertThat(settings.worker().errors().deadLetterTopic("orders"))
                            .isEqualTo("letters");
                    assertThat(settings.membership().protocol()).isEqualTo(GroupProtocol.CLASSIC);
                    assertThat(settings.restart()).isEqualTo(new RestartStrategy.FixedDelay(4, Duration.ofSeconds(1)));
                });
    }

    /** Beans first, in their order, then the lists, then what is built in. */
    @Test
    void shouldLetTheApplicationJudgeItsFailures() {
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues(
                        "tidemark.retry.never=java.lang.IllegalStateException",
                        "tidemark.retry.again=java.net.ConnectException")
                .withBean(
                        "knowing",
                        FailureClassifier.class,
                        () -> failure -> failure instanceof IllegalArgumentException ? FailureKind.LATER : null)
                .withBean("broken", FailureClassifier.class, () -> failure -> {
                    throw new UnsupportedOperationException();
                })
                .run(context -> {
                    FailureClassifier classifier = context.getBean(TidemarkProcessors.class)
                            .runtime()
                            .orElseThrow()
                            .processorSettings("counts")
                            .worker()
                            .errors()
                            .classifier();
                    assertThat(classifier.classify(new IllegalArgumentException()))
                            .isEqualTo(FailureKind.LATER);
                    assertThat(classifier.classify(new IllegalStateException())).isEqualTo(FailureKind.NEVER);
                    assertThat(classifier.classify(new ConnectException())).isEqualTo(FailureKind.AGAIN);
                    assertThat(classifier.classify(new SocketTimeoutException()))
                            .isEqualTo(FailureKind.LATER);
                    assertThat(classifier.classify(new Exception())).isEqualTo(FailureKind.AGAIN);
                });
    }

    @Test
    void shouldRefuseSettingsThatDoNotFitEachOther() {
        for (String bad : new String[] {
            "tidemark.checkpoint.transaction-timeout=200ms",
            "tidemark.group.heartbeat-interval=10s",
            "tidemark.checkpoint.interval=0ms",
            "spring.kafka.producer.acks=1",
            "spring.kafka.producer.retries=0",
            "spring.kafka.consumer.max-poll-interval=100ms",
            "tidemark.processors.counts.concurrency=0",
            "tidemark.restart.multiplier=0.5",
            "tidemark.restart.attempts=-1",
            "tidemark.watchdog.stuck-after=10ms",
            "tidemark.checkpoint.max-bytes=0B",
            "tidemark.retry.max-backoff=1ms",
            "tidemark.retry.never=com.acme.NoSuchException",
            "tidemark.retry.later=java.lang.String",
            "tidemark.checkpoint.revocation-timeout=-1s",
            "tidemark.checkpoint.min-spacing=-1s",
            "tidemark.checkpoint.max-records=0",
            "tidemark.processors.counts.checkpoint-interval=0ms",
            "tidemark.processors.counts.max-attempts=0",
            "tidemark.processors.counts.dead-letter-topic=not a topic",
            "tidemark.processors.counts.retire-inputs=a/b",
            "tidemark.processors.counts.retire-inputs=orders",
            "tidemark.processors.counts.adopt-inputs=payments",
            "tidemark.processors.counts.adopt-inputs=orders@newest",
            "tidemark.processors.counts.adopt-inputs=orders@none",
            "tidemark.dead-letter-topic=..",
            "tidemark.restart.failures=0",
            "tidemark.restart.window=0s",
            "tidemark.restart.delay=-1s",
            "tidemark.restart.max-delay=-1s",
            "tidemark.retry.backoff=-1ms",
            "tidemark.group.session-timeout=-1s",
            "tidemark.shutdown.timeout=0s",
            "tidemark.state.keep-unused=-1s",
            "tidemark.state.catch-up=0s",
            "tidemark.state.memory=1MB",
            "tidemark.processors.counts.concurrency=100000"
        }) {
            runner.withUserConfiguration(Counting.class)
                    .withPropertyValues(bad)
                    .run(context -> assertThat(context)
                            .as(bad)
                            .getFailure()
                            .isInstanceOf(EnvironmentRefused.class)
                            .hasMessageContaining("counts")
                            .hasMessageContaining(
                                    bad.startsWith("tidemark") ? bad.substring(0, bad.indexOf('=')) : ""));
        }
    }

    @Test
    void shouldMapChangesOfInputs() {
        runner.withUserConfiguration(Joining.class)
                .withPropertyValues(
                        "tidemark.processors.joined.adopt-inputs=rates@2026-01-31T12:00:00Z",
                        "tidemark.processors.joined.retire-inputs=prices,fees")
                .run(context -> assertThat(settings(context).worker().inputs())
                        .isEqualTo(new InputChanges(
                                Map.of("rates", StartFrom.since(Instant.parse("2026-01-31T12:00:00Z"))),
                                Set.of("prices", "fees"))));
        runner.withUserConfiguration(Joining.class)
                .withPropertyValues(
                        "tidemark.processors.joined.start-from=latest", "tidemark.processors.joined.adopt-inputs=rates")
                .run(context -> assertThat(settings(context).worker().inputs().adopt())
                        .containsExactly(Map.entry("rates", StartFrom.LATEST)));
        runner.withUserConfiguration(Joining.class)
                .withPropertyValues("tidemark.processors.joined.adopt-inputs=rates,orders@earliest")
                .run(context ->
                        assertThat(context).getFailure().hasMessageContaining("adopt-inputs names every input"));
    }

    @Test
    void shouldRefuseSettingsOfAProcessorThatIsNotThere() {
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues("tidemark.processors.cuonts.concurrency=2")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(EnvironmentRefused.class)
                        .hasMessageContaining("tidemark.processors.cuonts.concurrency is set, but nothing reads it")
                        .hasMessageContaining("did you mean tidemark.processors.counts.concurrency?"));
    }

    @Test
    void shouldRefuseWhatNothingReadsAndSayWhatMayHaveBeenMeant() {
        Map<String, String> typos = Map.of(
                "tidemark.chekpoint.interval", "tidemark.checkpoint.interval",
                "tidemark.checkpoint.intervall", "tidemark.checkpoint.interval",
                "tidemark.onerror-policy", "reads it",
                "tidemark.processors.counts.on-eror", "tidemark.processors.counts.on-error",
                "tidemark.processors.counts.checkpoint.interval2", "tidemark.processors.counts.checkpoint-interval");
        typos.forEach((typo, meant) -> runner.withUserConfiguration(Counting.class)
                .withPropertyValues(typo + "=1")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(EnvironmentRefused.class)
                        .hasMessageContaining(typo + " is set, but nothing reads it")
                        .hasMessageContaining(meant)));
    }

    @Test
    void shouldTakePropertiesInEverySpelling() {
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues(
                        "tidemark.onError=skip",
                        "tidemark.checkpoint.max_records=7",
                        "tidemark.retry.never[0]=java.lang.ArithmeticException",
                        "tidemark.processors.counts.dropStates[0]=former",
                        "tidemark.processors.counts.maxAttempts=9")
                .run(context -> {
                    assertThat(settings(context).worker().errors().policy()).isEqualTo(ErrorPolicy.SKIP);
                    assertThat(settings(context).worker().checkpoint().maxRecords())
                            .isEqualTo(7);
                    assertThat(settings(context).worker().errors().attempts()).isEqualTo(9);
                });
    }

    /** Boot looks for a name with dashes in two forms; beside it are things nobody meant for us. */
    @Test
    void shouldTakeSettingsOfAProcessorFromTheEnvironment() {
        for (String variable :
                List.of("TIDEMARK_PROCESSORS_DAILYCOUNTS_ONERROR", "TIDEMARK_PROCESSORS_DAILY_COUNTS_ON_ERROR")) {
            withEnvironment(Map.of(
                            variable,
                            "skip",
                            "TIDEMARK_CHECKPOINT_MAXRECORDS",
                            "5",
                            "TIDEMARK_RETRY_NEVER_0",
                            "java.lang.ArithmeticException",
                            "TIDEMARK_SERVICE_HOST",
                            "10.0.0.1",
                            "TIDEMARK_PORT_8080_TCP_ADDR",
                            "10.0.0.1",
                            "TIDEMARK_HOME",
                            "/opt/tidemark"))
                    .withPropertyValues("tidemark.processors.daily-counts.max-attempts=4")
                    .run(context -> {
                        ProcessorSettings settings = context.getBean(TidemarkProcessors.class)
                                .runtime()
                                .orElseThrow()
                                .processorSettings("daily-counts");
                        assertThat(settings.worker().errors().policy())
                                .as(variable)
                                .isEqualTo(ErrorPolicy.SKIP);
                        assertThat(settings.worker().errors().attempts()).isEqualTo(4);
                        assertThat(settings.worker().checkpoint().maxRecords()).isEqualTo(5);
                    });
        }
        for (String variable : List.of(
                "TIDEMARK_PROCESSORS_DAILYCOUNTS_ONEROR",
                "TIDEMARK_CHECKPOINT_INTERVALL",
                "TIDEMARK_CHECKPOINT_HEIGHT")) {
            withEnvironment(Map.of(variable, "1"))
                    .run(context -> assertThat(context)
                            .getFailure()
                            .hasMessageContaining(
                                    "environment variable " + variable + " is set, but nothing reads it"));
        }
    }

    private ApplicationContextRunner withEnvironment(Map<String, Object> variables) {
        return runner.withUserConfiguration(DailyCounting.class)
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables)));
    }

    @KeyedProcessor(id = "daily-counts", topics = "orders")
    static class Daily {
        @OnRecord
        void on(String text, @State ValueState<Long> count) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class DailyCounting {

        @Bean
        Daily daily() {
            return new Daily();
        }
    }

    @Test
    void shouldRefuseTheTemporaryDirectoryAndAMissingName() {
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues("tidemark.state.allow-temp-dir=false")
                .run(context -> {
                    assertThat(context).getFailure().isInstanceOf(EnvironmentRefused.class);
                    EnvironmentRefused refused = rootCause(context.getStartupFailure(), EnvironmentRefused.class);
                    FailureAnalysis analysis = new EnvironmentRefusedFailureAnalyzer().analyze(refused, refused);
                    assertThat(analysis.getDescription()).contains("tidemark.state.dir");
                    assertThat(analysis.getAction()).contains("allow-temp-dir");
                });
        runner.withUserConfiguration(Counting.class)
                .withPropertyValues("spring.application.name=")
                .run(context -> assertThat(context).getFailure().hasMessageContaining("tidemark.application-id"));
        for (String bad : List.of("../elsewhere", "a/b", "-first", "x".repeat(64), "a b")) {
            runner.withUserConfiguration(Counting.class)
                    .withPropertyValues("tidemark.application-id=" + bad)
                    .run(context -> assertThat(context)
                            .as(bad)
                            .getFailure()
                            .hasMessageContaining("cannot be part of a topic name"));
        }
    }

    @Test
    void shouldTellEveryProblemOfEveryBeanAtOnce() {
        runner.withUserConfiguration(TwoWrong.class).run(context -> {
            InvalidDefinition invalid = rootCause(context.getStartupFailure(), InvalidDefinition.class);
            assertThat(invalid.problems()).hasSizeGreaterThanOrEqualTo(2);
            FailureAnalysis analysis = new InvalidDefinitionFailureAnalyzer().analyze(invalid, invalid);
            assertThat(analysis.getDescription()).contains("'noHandler'").contains("'optional'");
            assertThat(analysis.getAction()).contains("Correct the");
        });
    }

    private static ProcessorSettings settings(org.springframework.context.ApplicationContext context) {
        ProcessingRuntime runtime =
                context.getBean(TidemarkProcessors.class).runtime().orElseThrow();
        ProcessorDefinition definition = runtime.definitions().get(0);
        return runtime.processorSettings(definition.id());
    }

    private static <T extends Throwable> T rootCause(Throwable failure, Class<T> type) {
        Throwable at = failure;
        while (at != null && !type.isInstance(at)) {
            at = at.getCause();
        }
        return type.cast(at);
    }

    @KeyedProcessor(id = "counts", topics = "${orders.topic:orders}")
    static class Counts {

        @OnRecord
        @SendTo("#{'tot' + 'als'}")
        long on(String order, @Key String key, @State ValueState<Long> total) {
            return total.update(() -> 0L, n -> n + 1);
        }
    }

    @KeyedProcessor(id = "a", topics = "t")
    static class NoHandler {}

    @KeyedProcessor(id = "b", topics = "t")
    static class ReturnsOptional {
        @OnRecord
        @SendTo("x")
        java.util.Optional<String> on(String order) {
            return java.util.Optional.of(order);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Counting {

        @Bean
        Counts countsBean() {
            return new Counts();
        }
    }

    @KeyedProcessor(
            id = "joined",
            topics = {"orders", "rates"})
    static class Joined {

        @OnRecord(topics = "orders")
        void order(@Key String key, String order) {}

        @OnRecord(topics = "rates")
        void rate(@Key String key, String rate) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Joining {

        @Bean
        Joined joined() {
            return new Joined();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class EarlyBinder {

        final AtomicReference<ProcessingRuntime> seen = new AtomicReference<>();

        @Bean
        Counts countsBean() {
            return new Counts();
        }

        @Bean
        Object early(TidemarkProcessors processors) {
            processors.whenReady(seen::set);
            return new Object();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoWrong {

        @Bean
        NoHandler noHandler() {
            return new NoHandler();
        }

        @Bean
        ReturnsOptional optional() {
            return new ReturnsOptional();
        }
    }
}
