package io.tidemark.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

/** The application that is killed and frozen: an ordinary one, only that its main thread takes orders from its input. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(Ledger.class)
class LedgerApplication {

    private static final String DONE = "done: ";

    private LedgerApplication() {}

    public static void main(String[] arguments) throws IOException {
        serve(LedgerApplication.class, arguments);
    }

    /** Runs an application that keeps a ledger until its input ends. */
    static void serve(Class<?> type, String[] arguments) throws IOException {
        ConfigurableApplicationContext context = run(type, arguments);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "arm" -> Failpoints.arm(words[1], Integer.parseInt(words[2]));
                case "resume" -> Failpoints.resume();
                case "close" -> context.close();
                case "run" -> context = run(type, arguments);
                default -> throw new IllegalArgumentException(line);
            }
            System.out.println(DONE + words[0]);
        }
    }

    private static ConfigurableApplicationContext run(Class<?> type, String[] arguments) {
        SpringApplication application = new SpringApplication(type);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(arguments);
    }

    static String done(String order) {
        return DONE + order;
    }
}
