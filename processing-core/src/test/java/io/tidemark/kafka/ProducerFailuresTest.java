package io.tidemark.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.kafka.ProducerFailures.Asked;
import io.tidemark.kafka.ProducerFailures.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Over every exception class of the client, so that one a later client brings is looked at before it is shipped. */
class ProducerFailuresTest {

    /** Of these a broker says that it will never take the record. */
    private static final Set<String> REFUSALS = Set.of(
            "InvalidRecordException",
            "InvalidTimestampException",
            "InvalidTopicException",
            "RecordTooLargeException",
            "SerializationException",
            "RecordDeserializationException", // of a consumer; it is a SerializationException
            "TopicAuthorizationException",
            "UnknownTopicOrPartitionException");

    private static final List<KafkaException> ALL = all();

    @Test
    void shouldKnowWhatItIsAskedAbout() {
        assertThat(ALL).hasSizeGreaterThan(100);
    }

    @Test
    void shouldChargeARecordOnlyWithWhatIsAboutIt() {
        Set<String> refused = names(Asked.SEND_OUTPUT, Outcome.OUTPUT_REFUSED);

        assertThat(refused).isSubsetOf(withPlain(REFUSALS)).contains("KafkaException", "InvalidTimestampException");
    }

    @Test
    void shouldAbortForWhatPasses() {
        Set<String> passing = ALL.stream()
                .filter(e -> e instanceof RetriableException || e instanceof TransactionAbortableException)
                .map(ProducerFailuresTest::name)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(names(Asked.SEND_DELTA, Outcome.ABORTS))
                .containsAll(passing)
                .contains("RecordTooLargeException")
                .hasSize(passing.size() + 1);
        passing.removeAll(REFUSALS);
        assertThat(names(Asked.SEND_OUTPUT, Outcome.ABORTS)).containsExactlyElementsOf(passing);
    }

    /** No delta is ever charged to a record, and nothing is when the transaction itself is asked about. */
    @ParameterizedTest
    @EnumSource(
            value = Asked.class,
            names = {"SEND_DELTA", "SEND_OFFSETS", "COMMIT", "TRANSACTION"})
    void shouldChargeNoRecordForAnythingButOutputs(Asked asked) {
        assertThat(names(asked, Outcome.OUTPUT_REFUSED)).isEmpty();
    }

    /** After the commit was asked for nothing may be taken for an abort. */
    @ParameterizedTest
    @EnumSource(
            value = Asked.class,
            names = {"COMMIT", "TRANSACTION"})
    void shouldKnowNothingOnceACommitWasAskedFor(Asked asked) {
        assertThat(ALL)
                .allSatisfy(e -> assertThat(ProducerFailures.of(e, asked))
                        .as(e.toString())
                        .isEqualTo(Outcome.UNKNOWN));
    }

    @Test
    void shouldAbortWhenTheGroupDoesNotTakeTheOffsets() {
        assertThat(names(Asked.SEND_OFFSETS, Outcome.ABORTS))
                .containsExactlyInAnyOrder("CommitFailedException", "TransactionAbortableException");
    }

    @Test
    void shouldTellTheWaitForATopicThatDoesNotExistFromAnyOther() {
        TimeoutException noTopic = new TimeoutException("no topic", new UnknownTopicOrPartitionException("no topic"));

        assertThat(ProducerFailures.of(noTopic, Asked.SEND_OUTPUT)).isEqualTo(Outcome.OUTPUT_REFUSED);
        assertThat(ProducerFailures.of(new TimeoutException("slow"), Asked.SEND_OUTPUT))
                .isEqualTo(Outcome.ABORTS);
    }

    private static Set<String> withPlain(Set<String> names) {
        return Stream.concat(names.stream(), Stream.of("KafkaException")).collect(Collectors.toSet());
    }

    private static Set<String> names(Asked asked, Outcome outcome) {
        return ALL.stream()
                .filter(e -> ProducerFailures.of(e, asked) == outcome)
                .map(ProducerFailuresTest::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(Throwable e) {
        return e.getClass().getSimpleName();
    }

    private static List<KafkaException> all() {
        try (FileSystem jar = FileSystems.newFileSystem(Path.of(KafkaException.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI()))) {
            List<KafkaException> all = new java.util.ArrayList<>();
            for (String room : List.of("common", "common/errors", "common/config", "clients/consumer")) {
                try (Stream<Path> classes = Files.list(jar.getPath("org/apache/kafka/" + room))) {
                    classes.map(path -> path.toString().replaceFirst("^/", ""))
                            .filter(path -> path.endsWith("Exception.class"))
                            .sorted()
                            .map(path -> path.substring(0, path.length() - ".class".length())
                                    .replace('/', '.'))
                            .forEach(name -> add(all, name));
                }
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(List<KafkaException> all, String name) {
        try {
            Class<?> type = Class.forName(name);
            if (!KafkaException.class.isAssignableFrom(type) || Modifier.isAbstract(type.getModifiers())) {
                return;
            }
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                constructor.setAccessible(true);
                Object[] arguments = new Object[constructor.getParameterCount()];
                for (int i = 0; i < arguments.length; i++) {
                    arguments[i] = argument(constructor.getParameterTypes()[i]);
                }
                try {
                    all.add((KafkaException) constructor.newInstance(arguments));
                    return;
                } catch (ReflectiveOperationException e) {
                    // another one may do without
                }
            }
            throw new IllegalStateException("No instance of " + name + " can be made: add it by hand");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object argument(Class<?> type) {
        if (type == String.class) {
            return "message";
        }
        if (type == Set.class) {
            return Set.of();
        }
        if (type == java.util.Map.class) {
            return java.util.Map.of();
        }
        if (type == int.class) {
            return 1;
        }
        if (type == long.class) {
            return 1L;
        }
        return type == boolean.class ? (Object) true : null;
    }
}
