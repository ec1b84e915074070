package io.tidemark.runtime;

import static io.tidemark.api.FailureKind.AGAIN;
import static io.tidemark.api.FailureKind.LATER;
import static io.tidemark.api.FailureKind.NEVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.FailureKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.sql.SQLRecoverableException;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureKindsTest {

    @ParameterizedTest
    @MethodSource
    void shouldJudgeByTheTypesOfTheFailureAndItsCauses(Throwable failure, FailureKind kind) {
        assertThat(FailureKinds.builtIn().classify(failure)).isEqualTo(kind);
    }

    static Stream<Arguments> shouldJudgeByTheTypesOfTheFailureAndItsCauses() {
        return Stream.of(
                Arguments.of(new IllegalStateException(), AGAIN),
                Arguments.of(new IOException(), AGAIN),
                Arguments.of(new StackOverflowError(), AGAIN),
                Arguments.of(new ConnectException(), LATER),
                Arguments.of(new UncheckedIOException(new SocketTimeoutException()), LATER),
                Arguments.of(new HttpConnectTimeoutException("a subclass of what is listed"), LATER),
                Arguments.of(new SQLRecoverableException(), LATER),
                Arguments.of(new TimeoutException("of a Kafka client"), LATER),
                Arguments.of(new TopicAuthorizationException("orders"), LATER),
                Arguments.of(new SerializationException("not JSON"), NEVER),
                Arguments.of(new ClassCastException(), NEVER),
                // a registry that is away, told by the deserializer as if the record were to blame
                Arguments.of(new SerializationException("no schema", new IOException(new ConnectException())), LATER),
                Arguments.of(new RuntimeException(new SerializationException("not JSON")), NEVER));
    }

    @Test
    void shouldLetSettingsGoBeforeWhatIsBuiltIn() {
        FailureKinds own =
                new FailureKinds(Map.of(ConnectException.class.getName(), AGAIN, IOException.class.getName(), NEVER));

        assertThat(own.classify(new ConnectException())).as("the nearest").isEqualTo(AGAIN);
        assertThat(own.classify(new SocketTimeoutException())).as("an ancestor").isEqualTo(NEVER);
        assertThat(own.classify(new SerializationException("not JSON"))).isEqualTo(NEVER);
        assertThat(own.classify(new SQLRecoverableException())).isEqualTo(LATER);
    }

    @Test
    void shouldComeToAnEndWithCausesThatGoRound() {
        Exception first = new Exception("first");
        Exception second = new Exception("second", first);
        first.initCause(second);

        assertThat(FailureKinds.builtIn().classify(first)).isEqualTo(AGAIN);
    }
}
