package io.tidemark.faults;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The application with much state: says every second what its meters show. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(Hoard.class)
class HoardApplication {

    static final String MEMORY = "store memory: ";

    private HoardApplication() {}

    public static void main(String[] arguments) throws InterruptedException {
        SpringApplication application = new SpringApplication(HoardApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        MeterRegistry meters = application.run(arguments).getBean(MeterRegistry.class);
        while (true) {
            TimeUnit.SECONDS.sleep(1);
            System.out.printf(
                    Locale.ROOT,
                    "%s%.0f records: %.0f%n",
                    MEMORY,
                    meters.get("tidemark.state.memory.used").gauge().value(),
                    meters.get("tidemark.records.in").functionCounter().count());
        }
    }
}
