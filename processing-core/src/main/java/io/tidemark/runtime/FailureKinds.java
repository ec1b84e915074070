package io.tidemark.runtime;

import static io.tidemark.api.FailureKind.AGAIN;
import static io.tidemark.api.FailureKind.LATER;
import static io.tidemark.api.FailureKind.NEVER;

import io.tidemark.api.FailureClassifier;
import io.tidemark.api.FailureKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges failures by the types of the exception and its causes. Types are known by name: none of their libraries has to be there. Of a
 * type the nearest ancestor that is listed counts. Something away anywhere among the causes outweighs everything else: what wraps it,
 * a deserializer's exception for instance, does not know better.
 */
public final class FailureKinds implements FailureClassifier {

    private static final int MOST_CAUSES = 50;

    private static final Map<String, FailureKind> DEFAULTS = defaults();

    /** Their {@code getStatus()} is an HTTP status. */
    private static final List<String> WITH_STATUS =
            List.of("io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException");

    private final Map<String, FailureKind> own;

    /**
     * @param own kinds by class name; they go before the defaults, and the outermost exception that is listed decides
     */
    public FailureKinds(Map<String, FailureKind> own) {
        this.own = Map.copyOf(own);
    }

    /** By the built-in list only. */
    public static FailureKinds builtIn() {
        return new FailureKinds(Map.of());
    }

    /** The built-in list. */
    public static Map<String, FailureKind> list() {
        return DEFAULTS;
    }

    @Override
    public FailureKind classify(Throwable failure) {
        if (!own.isEmpty()) {
            int depth = 0;
            for (Throwable at = failure; at != null && depth++ < MOST_CAUSES; at = at.getCause()) {
                FailureKind kind = nearest(own, at.getClass());
                if (kind != null) {
                    return kind;
                }
            }
        }
        FailureKind found = AGAIN;
        int depth = 0;
        for (Throwable at = failure; at != null && depth++ < MOST_CAUSES; at = at.getCause()) {
            FailureKind kind = byStatus(at);
            if (kind == null) {
                kind = nearest(DEFAULTS, at.getClass());
            }
            if (kind == LATER) {
                return LATER;
            }
            if (kind == NEVER) {
                found = NEVER;
            }
        }
        return found;
    }

    private static @Nullable FailureKind nearest(Map<String, FailureKind> list, Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            FailureKind kind = list.get(at.getName());
            if (kind != null) {
                return kind;
            }
        }
        return null;
    }

    /** A registry that does not know an id is right there; one that answers 503 is not. */
    private static @Nullable FailureKind byStatus(Throwable failure) {
        for (Class<?> at = failure.getClass(); at != null; at = at.getSuperclass()) {
            if (WITH_STATUS.contains(at.getName())) {
                try {
                    Object status = at.getMethod("getStatus").invoke(failure);
                    return status instanceof Integer code ? ofStatus(code) : null;
                } catch (ReflectiveOperationException e) {
                    return null;
                }
            }
        }
        return null;
    }

    private static FailureKind ofStatus(int code) {
        boolean away = code >= 500 || code == 401 || code == 403 || code == 408 || code == 429;
        return away ? LATER : NEVER;
    }

    private static Map<String, FailureKind> defaults() {
        Map<String, FailureKind> kinds = new HashMap<>();
        all(
                kinds,
                LATER,
                "io.tidemark.error.EnvironmentRefused",
                "java.lang.LinkageError",
                "java.net.ConnectException",
                "java.net.NoRouteToHostException",
                "java.net.PortUnreachableException",
                "java.net.SocketException",
                "java.net.SocketTimeoutException",
                "java.net.UnknownHostException",
                "java.net.http.HttpTimeoutException",
                "java.nio.channels.ClosedChannelException",
                "java.nio.channels.UnresolvedAddressException",
                "java.sql.SQLNonTransientConnectionException",
                "java.sql.SQLRecoverableException",
                "java.sql.SQLTransientConnectionException",
                "javax.net.ssl.SSLException",
                "org.apache.kafka.common.errors.AuthenticationException",
                "org.apache.kafka.common.errors.AuthorizationException",
                "org.apache.kafka.common.errors.RetriableException",
                "org.springframework.dao.DataAccessResourceFailureException",
                "org.springframework.dao.RecoverableDataAccessException",
                "org.springframework.dao.TransientDataAccessException",
                "org.springframework.transaction.CannotCreateTransactionException",
                "org.springframework.web.client.HttpClientErrorException$TooManyRequests",
                "org.springframework.web.client.HttpServerErrorException$BadGateway",
                "org.springframework.web.client.HttpServerErrorException$GatewayTimeout",
                "org.springframework.web.client.HttpServerErrorException$ServiceUnavailable",
                "org.springframework.web.client.ResourceAccessException",
                "org.springframework.web.reactive.function.client.WebClientRequestException",
                "org.springframework.web.reactive.function.client.WebClientResponseException$BadGateway",
                "org.springframework.web.reactive.function.client.WebClientResponseException$GatewayTimeout",
                "org.springframework.web.reactive.function.client.WebClientResponseException$ServiceUnavailable",
                "org.springframework.web.reactive.function.client.WebClientResponseException$TooManyRequests",
                "feign.FeignException$BadGateway",
                "feign.FeignException$GatewayTimeout",
                "feign.FeignException$ServiceUnavailable",
                "feign.FeignException$TooManyRequests",
                "feign.RetryableException",
                "io.github.resilience4j.bulkhead.BulkheadFullException",
                "io.github.resilience4j.circuitbreaker.CallNotPermittedException",
                "io.github.resilience4j.ratelimiter.RequestNotPermitted",
                "io.lettuce.core.RedisCommandTimeoutException",
                "io.lettuce.core.RedisConnectionException",
                "redis.clients.jedis.exceptions.JedisConnectionException",
                "com.mongodb.MongoSocketException",
                "com.mongodb.MongoTimeoutException");
        all(
                kinds,
                NEVER,
                "java.lang.ClassCastException",
                "java.nio.charset.CharacterCodingException",
                "org.apache.avro.AvroRuntimeException",
                "org.apache.kafka.common.errors.InvalidTimestampException",
                "org.apache.kafka.common.errors.InvalidTopicException",
                "org.apache.kafka.common.errors.RecordTooLargeException",
                "org.apache.kafka.common.errors.SerializationException",
                "org.apache.kafka.common.InvalidRecordException",
                "org.springframework.core.convert.ConversionException",
                "org.springframework.kafka.support.serializer.DeserializationException",
                "org.springframework.messaging.converter.MessageConversionException",
                "com.fasterxml.jackson.core.JsonProcessingException",
                "com.google.protobuf.InvalidProtocolBufferException",
                "jakarta.validation.ConstraintViolationException",
                "tools.jackson.core.JacksonException");
        // Nearer than what they extend: these are about one record's work, or a name it chose, and may be so for ever.
        all(
                kinds,
                AGAIN,
                "org.apache.kafka.common.errors.UnknownTopicOrPartitionException",
                "org.springframework.dao.ConcurrencyFailureException",
                "org.springframework.dao.QueryTimeoutException");
        return Map.copyOf(kinds);
    }

    private static void all(Map<String, FailureKind> kinds, FailureKind kind, String... types) {
        for (String type : types) {
            kinds.put(type, kind);
        }
    }
}
