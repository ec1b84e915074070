package io.tidemark.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The sample application in a JVM of its own, to be killed. */
final class SampleProcess implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

    private final Process process;
    private final Path log;

    private SampleProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static SampleProcess start(Path home, String... arguments) {
        try {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx384m",
                    "-cp",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    SampleApplication.class.getName(),
                    "--server.port=0",
                    "--tidemark.dev.kafka-dir=" + home.resolve("kafka"),
                    "--tidemark.state.dir=" + home.resolve("state"),
                    "--tidemark.state.allow-temp-dir=true"));
            command.addAll(List.of(arguments));
            Files.createDirectories(home);
            Path log = Files.createTempFile(home, "sample", ".log");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new SampleProcess(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Flights the page shows as counted, or -1 while it does not answer. */
    long countedFlights() {
        return get("/api/airports").path("flights").asLong(-1);
    }

    /** An answer as JSON; an empty node while there is none. */
    JsonNode get(String path) {
        try {
            String body = text(path);
            return body.isEmpty()
                    ? JsonMapper.shared().createObjectNode()
                    : JsonMapper.shared().readTree(body);
        } catch (RuntimeException e) {
            return JsonMapper.shared().createObjectNode();
        }
    }

    String text(String path) {
        try {
            String port = port();
            if (port.isEmpty()) {
                failIfItEnded();
                return "";
            }
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? answer.body() : "";
        } catch (IOException e) {
            failIfItEnded();
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private void failIfItEnded() {
        if (!process.isAlive()) {
            throw new IllegalStateException("The sample ended by itself:\n" + output());
        }
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        await();
    }

    /** SIGTERM, and the time it took. */
    Duration stop() {
        long start = System.nanoTime();
        process.destroy();
        await();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void await() {
        try {
            if (!process.waitFor(40, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("The sample did not stop:\n" + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        await();
    }

    /** The port it says it has taken; it is chosen when it is bound, so nobody can be there first. */
    private String port() {
        Matcher said = PORT.matcher(output());
        return said.find() ? said.group(1) : "";
    }
}
