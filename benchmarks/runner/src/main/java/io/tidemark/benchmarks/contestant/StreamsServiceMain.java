package io.tidemark.benchmarks.contestant;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** The same in an application of Spring Boot, to compare starts with one that is. */
@SpringBootConfiguration
@EnableAutoConfiguration
public class StreamsServiceMain {

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(StreamsServiceMain.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.run();
        StreamsMain.main(arguments);
    }
}
