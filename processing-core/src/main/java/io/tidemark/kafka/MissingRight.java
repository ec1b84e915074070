package io.tidemark.kafka;

import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;

/**
 * What the application may not do, in the words of an access control list. Kafka's own messages name the resource at most, and never the
 * right.
 */
final class MissingRight {

    private MissingRight() {}

    /**
     * What a failure adds to a sentence: the right and the resource, or nothing when it is about something else.
     *
     * @param right what was to be done with topics
     * @param resource what was asked about, where the failure does not say: a topic, or the producer's transactional id
     */
    static String in(Throwable failure, String right, String resource) {
        Throwable cause = AdminConnection.cause(failure);
        if (cause instanceof TopicAuthorizationException topics) {
            Set<String> names = new TreeSet<>(topics.unauthorizedTopics());
            return needs(right + " on topic " + (names.isEmpty() ? resource : String.join(", ", names)));
        }
        if (cause instanceof GroupAuthorizationException group) {
            return needs("READ on group " + group.groupId());
        }
        if (cause instanceof TransactionalIdAuthorizationException) {
            return needs("WRITE on transactional id " + resource);
        }
        if (cause instanceof ClusterAuthorizationException) {
            return needs("IDEMPOTENT_WRITE on the cluster");
        }
        if (cause instanceof SslAuthenticationException) {
            return "; a certificate is not accepted, the broker's or the application's own: " + innermost(cause);
        }
        return cause instanceof AuthenticationException ? "; the cluster does not accept its credentials" : "";
    }

    /** What was wrong with it: expired, of an unknown authority, for another name. */
    private static String innermost(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; depth < 20 && at.getCause() != null; depth++) {
            at = at.getCause();
        }
        return at.getClass().getSimpleName() + ": " + at.getMessage();
    }

    private static String needs(String right) {
        return "; the application needs " + right;
    }
}
