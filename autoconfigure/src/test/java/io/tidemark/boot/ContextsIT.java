package io.tidemark.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.TestCluster;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.SendTo;

/** Several application contexts in one JVM, beside and after each other. */
class ContextsIT {

    @TempDir
    private Path directory;

    private final String in = TestCluster.createTopic("in", 2);
    private final String out = TestCluster.createTopic("out", 2);

    public record Visits(long count) {}

    @KeyedProcessor(id = "visits", topics = "${test.in}")
    public static class VisitCounter {
        @OnRecord
        @SendTo("${test.out}")
        public Visits on(String text, @Key String key, @State ValueState<Visits> visits) {
            return visits.update(() -> new Visits(0), v -> new Visits(v.count() + 1));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class App {
        @Bean
        public VisitCounter visits() {
            return new VisitCounter();
        }
    }

    @Test
    void shouldRunBesideAnotherApplication() {
        String otherOut = TestCluster.createTopic("out", 2);
        try (ConfigurableApplicationContext one = run(App.class, "one", out);
                ConfigurableApplicationContext two = run(App.class, "two", otherOut)) {
            TestCluster.send(in, 100, 10);
            awaitCounted(out, 100);
            awaitCounted(otherOut, 100);
            assertThat(one.isRunning() && two.isRunning()).isTrue();
        }
    }

    @Test
    void shouldNameTheContextThatHoldsTheDirectory() {
        try (ConfigurableApplicationContext one = run(App.class, "same", out)) {
            assertThatThrownBy(() -> run(App.class, "same", out))
                    .satisfies(failure -> assertThat(messagesOf(failure))
                            .contains("is held by another application context in this JVM")
                            .contains(one.getId()));
        }
    }

    /** What DevTools does: the same application again and again in one JVM, each time with classes of a new loader. */
    @Test
    void shouldStartAgainWithClassesOfANewLoader() throws Exception {
        for (int round = 1; round <= 3; round++) {
            try (RestartingLoader loader = new RestartingLoader()) {
                Class<?> app = loader.loadClass(App.class.getName());
                assertThat(app).isNotSameAs(App.class);
                Thread.currentThread().setContextClassLoader(loader);
                try (ConfigurableApplicationContext context = run(app, "again", out)) {
                    TestCluster.send(in, 50, 5);
                    awaitCounted(out, 50 * round);
                    assertThat(context.getBean("visits").getClass().getClassLoader())
                            .isSameAs(loader);
                }
            } finally {
                Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
            }
            assertThat(ownThreads()).as("threads left after round %d", round).isEmpty();
        }
    }

    private static List<String> ownThreads() {
        await().atMost(Duration.ofSeconds(5)).until(() -> threads().isEmpty());
        return threads();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("tidemark-"))
                .toList();
    }

    private static String messagesOf(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable at = failure; at != null; at = at.getCause()) {
            text.append(at.getMessage()).append('\n');
        }
        return text.toString();
    }

    private ConfigurableApplicationContext run(Class<?> app, String application, String out) {
        return SpringApplication.run(
                app,
                "--spring.application.name=" + application + "-" + in,
                "--spring.kafka.bootstrap-servers=" + TestCluster.bootstrapServers(),
                "--test.in=" + in,
                "--test.out=" + out,
                "--tidemark.state.allow-temp-dir=true",
                "--tidemark.state.dir=" + directory,
                "--tidemark.group.session-timeout=6s",
                "--spring.main.web-application-type=none");
    }

    private static void awaitCounted(String topic, int count) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(TestCluster.committed(topic)).hasSize(count));
        java.util.Map<String, Long> last = new java.util.HashMap<>();
        for (ConsumerRecord<String, String> record : TestCluster.committed(topic)) {
            assertThat(record.value()).isEqualTo("{\"count\":" + last.merge(record.key(), 1L, Long::sum) + "}");
        }
    }

    /** Loads the application's own classes itself, everything else from above, as DevTools does. */
    private static final class RestartingLoader extends URLClassLoader {

        RestartingLoader() {
            super(new URL[0], ContextsIT.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(ContextsIT.class.getName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded == null ? define(name) : loaded;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
