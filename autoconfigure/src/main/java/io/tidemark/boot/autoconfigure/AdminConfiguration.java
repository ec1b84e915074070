package io.tidemark.boot.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** The part of a consumer's configuration an admin client of the same cluster needs. */
final class AdminConfiguration {

    private static final String SSL_BUNDLE = "org.springframework.boot.ssl.SslBundle";

    private AdminConfiguration() {}

    static Map<String, Object> of(Map<String, Object> consumer) {
        Map<String, Object> admin = new HashMap<>(consumer);
        admin.keySet().removeIf(name -> !AdminClientConfig.configNames().contains(name) && !name.equals(SSL_BUNDLE));
        return admin;
    }
}
