package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** An authority and what it signs, made with the JDK's own tool. */
final class Certificates {

    static final String PASSWORD = "changeit";

    private final Path directory;
    private final Path authority;
    private final Path trust;

    Certificates(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        this.authority = directory.resolve("authority.p12");
        this.trust = directory.resolve("trust.p12");
        key(authority, "authority", "CN=Authority", "-ext", "bc:critical=ca:true");
        Path certificate = directory.resolve("authority.pem");
        tool(
                "-exportcert",
                "-rfc",
                "-alias",
                "authority",
                "-keystore",
                authority.toString(),
                "-file",
                certificate.toString());
        tool(
                "-importcert",
                "-noprompt",
                "-alias",
                "authority",
                "-keystore",
                trust.toString(),
                "-file",
                certificate.toString());
    }

    /** What a client needs to know. */
    Path trust() {
        return trust;
    }

    /**
     * Writes a store with the broker's key.
     *
     * @param start when its certificate begins to be valid, as the tool wants it: {@code -2d}
     */
    void sign(Path store, String start, int days) throws IOException, InterruptedException {
        Path fresh = directory.resolve("fresh.p12");
        Files.deleteIfExists(fresh);
        key(fresh, "broker", "CN=127.0.0.1");
        Path request = directory.resolve("request.pem");
        Path signed = directory.resolve("signed.pem");
        tool("-certreq", "-alias", "broker", "-keystore", fresh.toString(), "-file", request.toString());
        tool(
                "-gencert",
                "-alias",
                "authority",
                "-keystore",
                authority.toString(),
                "-startdate",
                start,
                "-validity",
                Integer.toString(days),
                "-ext",
                "san=ip:127.0.0.1",
                "-rfc",
                "-infile",
                request.toString(),
                "-outfile",
                signed.toString());
        Path root = directory.resolve("authority.pem");
        tool(
                "-importcert",
                "-noprompt",
                "-alias",
                "authority",
                "-keystore",
                fresh.toString(),
                "-file",
                root.toString());
        tool("-importcert", "-noprompt", "-alias", "broker", "-keystore", fresh.toString(), "-file", signed.toString());
        Files.move(fresh, store, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void key(Path store, String alias, String name, String... more)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-dname",
                name,
                "-startdate",
                "-10d",
                "-validity",
                "100",
                "-keystore",
                store.toString()));
        arguments.addAll(List.of(more));
        tool(arguments.toArray(String[]::new));
    }

    private static void tool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", PASSWORD, "-storetype", "PKCS12"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as(String.join(" ", command) + "\n" + said)
                .isZero();
    }
}
