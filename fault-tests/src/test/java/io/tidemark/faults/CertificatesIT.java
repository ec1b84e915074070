package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/** C19: the broker's certificate expires, and is renewed. */
class CertificatesIT {

    @Test
    void shouldNameACertificateThatExpiredAndGoOnOnceItIsRenewed() throws Exception {
        Path directory = Brokers.directory("certificates");
        Certificates certificates = new Certificates(directory);
        Path store = directory.resolve("broker.p12");
        certificates.sign(store, "-2d", 10);
        Map<String, String> listener = Map.of(
                "listener.security.protocol.map",
                "CONTROLLER:PLAINTEXT,DIRECT:PLAINTEXT,PROXIED:PLAINTEXT,GUARDED:SSL",
                "listener.name.guarded.ssl.keystore.type",
                "PKCS12",
                "listener.name.guarded.ssl.keystore.location",
                store.toString(),
                "listener.name.guarded.ssl.keystore.password",
                Certificates.PASSWORD,
                "listener.name.guarded.ssl.key.password",
                Certificates.PASSWORD);
        Map<String, Object> client = Map.of(
                "security.protocol",
                "SSL",
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.location",
                certificates.trust().toString(),
                "ssl.truststore.password",
                Certificates.PASSWORD);
        try (BrokerProcess broker = new BrokerProcess(Brokers.directory("tls"), listener);
                GuardedCounts counts = new GuardedCounts(broker, () -> client);
                Admin root = Admin.create(Map.of("bootstrap.servers", broker.direct()))) {
            counts.createTopics(root);
            counts.start();
            counts.send("good");
            counts.awaitCount(counts.out, 1);

            certificates.sign(store, "-3d", 1);
            broker.kill();
            broker.start(); // connections that are open do not look at the certificate again
            counts.send("good");

            counts.awaitTold(
                    "a certificate is not accepted, the broker's or the application's own: CertificateExpiredException");

            certificates.sign(store, "-2d", 10);
            broker.kill();
            broker.start();
            counts.awaitCount(counts.out, counts.sent());
            counts.awaitUp();
            assertThat(counts.lastCount()).isEqualTo(counts.sent());
        }
    }
}
