package io.tidemark.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.annotation.Key;
import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.ListState;
import io.tidemark.api.ValueState;
import io.tidemark.kafka.TestCluster;
import io.tidemark.runtime.TaskStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.SendTo;

/**
 * A rolling upgrade adds a field to a state, and a state beside it. Old and new instances live together for a while; the old one never opens
 * what the new one has written, so that no field is ever lost.
 */
class RollingUpgradeIT {

    @TempDir
    private Path directory;

    private final String in = TestCluster.createTopic("in", 4);
    private final String out = TestCluster.createTopic("out", 4);
    private final String application = TestCluster.unique("rolling");

    record OldProfile(long count) {}

    record NewProfile(long count, @Nullable String firstNote) {}

    @KeyedProcessor(id = "profiles", topics = "${test.in}")
    static class OldVersion {
        @OnRecord
        @SendTo("${test.out}")
        String on(String note, @Key String key, @State("profile") ValueState<OldProfile> profile) {
            OldProfile now = profile.update(() -> new OldProfile(0), p -> new OldProfile(p.count() + 1));
            return now.count() + ":old";
        }
    }

    @KeyedProcessor(id = "profiles", topics = "${test.in}")
    static class NewVersion {
        @OnRecord
        @SendTo("${test.out}")
        String on(
                String note,
                @Key String key,
                @State("profile") ValueState<NewProfile> profile,
                @State ListState<String> notes) {
            NewProfile now = profile.update(
                    () -> new NewProfile(0, null),
                    p -> new NewProfile(p.count() + 1, p.firstNote() == null ? note : p.firstNote()));
            notes.add(note);
            return now.count() + ":" + now.firstNote() + ":" + notes.toList().size();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class OldApp {
        @Bean
        OldVersion profiles() {
            return new OldVersion();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class NewApp {
        @Bean
        NewVersion profiles() {
            return new NewVersion();
        }
    }

    @Test
    void shouldNeverLoseAFieldWhileOldAndNewInstancesLiveTogether() {
        int sent = 0;
        ConfigurableApplicationContext a = run(OldApp.class, "a");
        sent = send(sent);
        awaitOutputs(sent);
        // a new instance joins the old one: each works on its own tasks
        ConfigurableApplicationContext b = run(NewApp.class, "b");
        await().atMost(Duration.ofSeconds(30)).until(() -> running(b) == 2 && running(a) == 2);
        sent = send(sent);
        awaitOutputs(sent);
        // the new one goes, and the old one is given what it must not open
        b.close();
        await().atMost(Duration.ofSeconds(30)).until(() -> phases(a, TaskStatus.Phase.AWAITING_UPGRADE) == 2);
        Health health = health(a);
        assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        assertThat(health.getDetails().toString())
                .contains("another version has written its state since this one")
                .contains("state 'profile' has fields that this version would drop: firstNote")
                .contains("Upgrade this instance")
                .contains("tidemark.processors.profiles.on-newer-state=read-known");
        int before = sent;
        sent = send(sent);
        int all = sent;
        await().pollDelay(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(30))
                .until(() -> TestCluster.committed(out).size() > before);
        assertThat(TestCluster.committed(out).size())
                .as("the records of the newer tasks wait")
                .isLessThan(all);
        // the old instance is upgraded
        a.close();
        try (ConfigurableApplicationContext upgraded = run(NewApp.class, "a")) {
            awaitOutputs(sent);
            sent = send(sent);
            awaitOutputs(sent);
            assertThat(running(upgraded)).isEqualTo(4);
        }
        // then each key was counted once per record, and the note it got first stayed for ever
        Map<String, Long> counts = new HashMap<>();
        Map<String, String> notes = new HashMap<>();
        Map<String, Integer> sizes = new HashMap<>();
        for (ConsumerRecord<String, String> record : TestCluster.committed(out)) {
            String[] parts = record.value().split(":");
            assertThat(Long.parseLong(parts[0])).isEqualTo(counts.merge(record.key(), 1L, Long::sum));
            if (parts.length == 3) {
                assertThat(parts[1])
                        .as("first note of %s", record.key())
                        .isEqualTo(notes.computeIfAbsent(record.key(), k -> parts[1]));
                assertThat(Integer.parseInt(parts[2]))
                        .as("notes of %s", record.key())
                        .isEqualTo(sizes.merge(record.key(), 1, Integer::sum));
            } else {
                assertThat(notes).as("no old version after a new one").doesNotContainKey(record.key());
            }
        }
        assertThat(notes).hasSizeGreaterThan(30);
    }

    private int send(int sent) {
        for (int i = 0; i < 80; i++) {
            TestCluster.send(in, "k" + i % 40, "note-" + (sent + i));
        }
        return sent + 80;
    }

    private void awaitOutputs(int count) {
        await().atMost(Duration.ofSeconds(40))
                .untilAsserted(() -> assertThat(TestCluster.committed(out)).hasSize(count));
    }

    private static long running(ConfigurableApplicationContext context) {
        return phases(context, TaskStatus.Phase.RUNNING);
    }

    private static long phases(ConfigurableApplicationContext context, TaskStatus.Phase phase) {
        List<TaskStatus> tasks = context.getBean(TidemarkProcessors.class)
                .runtime()
                .orElseThrow()
                .status("profiles")
                .orElseThrow()
                .tasks();
        return tasks.stream().filter(task -> task.phase() == phase).count();
    }

    private static Health health(ConfigurableApplicationContext context) {
        CompositeHealthContributor all = context.getBean("tidemarkHealthContributor", CompositeHealthContributor.class);
        return ((HealthIndicator) all.getContributor("profiles")).health();
    }

    private ConfigurableApplicationContext run(Class<?> app, String instance) {
        return SpringApplication.run(
                app,
                "--spring.application.name=" + application,
                "--spring.kafka.bootstrap-servers=" + TestCluster.bootstrapServers(),
                "--test.in=" + in,
                "--test.out=" + out,
                "--tidemark.state.allow-temp-dir=true",
                "--tidemark.state.dir=" + directory.resolve(instance),
                "--tidemark.shutdown.leave-group=true",
                "--spring.main.web-application-type=none");
    }
}
