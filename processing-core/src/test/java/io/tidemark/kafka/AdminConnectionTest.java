package io.tidemark.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class AdminConnectionTest {

    private int made;
    private int closed;
    private long now;
    private final AdminConnection connection = new AdminConnection(this::client, () -> now);

    /** It lives as long as the application, which credentials do not. */
    @Test
    void shouldMakeANewClientOnceTheClusterDoesNotAcceptItsCredentials() {
        Admin first = connection.get();
        now = 60_000_000_000L;
        connection.failed(new ExecutionException(new TimeoutException("slow")));
        assertThat(connection.get()).as("slow is not refused").isSameAs(first);

        connection.failed(new ExecutionException(new SaslAuthenticationException("rotated")));

        assertThat(closed)
                .as("not by whoever heard of it: that may be the client's own thread")
                .isZero();
        assertThat(connection.get()).isNotSameAs(first);
        assertThat(closed).isEqualTo(1);
        connection.failed(new SaslAuthenticationException("still"));
        connection.get();
        assertThat(made).as("not again at once").isEqualTo(2);
        connection.close();
        assertThat(closed).isEqualTo(2);
    }

    private Admin client() {
        made++;
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    closed += method.getName().equals("close") ? 1 : 0;
                    return null;
                });
    }
}
