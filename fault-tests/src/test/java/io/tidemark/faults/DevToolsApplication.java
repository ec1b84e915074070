package io.tidemark.faults;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The ledger as somebody runs it who develops it: its main method is called anew, in the same JVM, whenever something has changed. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(Ledger.class)
class DevToolsApplication {

    private DevToolsApplication() {}

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(DevToolsApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.run(arguments);
    }
}
