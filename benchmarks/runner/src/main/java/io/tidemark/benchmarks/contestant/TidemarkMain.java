package io.tidemark.benchmarks.contestant;

import io.tidemark.annotation.KeyedProcessor;
import io.tidemark.annotation.OnRecord;
import io.tidemark.annotation.State;
import io.tidemark.api.ValueState;
import io.tidemark.benchmarks.workload.Job;
import io.tidemark.benchmarks.workload.Order;
import io.tidemark.benchmarks.workload.OrderCodec;
import io.tidemark.benchmarks.workload.Total;
import io.tidemark.benchmarks.workload.TotalCodec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.handler.annotation.SendTo;

/** What a user of Tidemark writes, through the starter. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(TidemarkMain.Totals.class)
public class TidemarkMain {

    /** The aggregate. */
    @KeyedProcessor(id = "totals", topics = "${benchmark.input}")
    static class Totals {

        @OnRecord
        @SendTo("${benchmark.output}")
        Total on(Order order, @State ValueState<Total> total) {
            Total now = Total.after(total.get(), order);
            total.set(now);
            return now;
        }
    }

    public static void main(String[] arguments) {
        Job job = Job.of(arguments);
        SpringApplication application = new SpringApplication(TidemarkMain.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("spring.application.name", job.output());
        settings.put("spring.kafka.bootstrap-servers", job.servers());
        settings.put("spring.kafka.consumer.value-deserializer", OrderCodec.class.getName());
        settings.put("spring.kafka.producer.value-serializer", TotalCodec.class.getName());
        // sizes of polls and batches are what every contestant is given, by default
        settings.put("tidemark.processors.totals.concurrency", job.threads());
        settings.put("tidemark.checkpoint.interval", job.commitMillis() + "ms");
        settings.put("tidemark.instance-id", "benchmark"); // as its peer has a group.instance.id
        settings.put("tidemark.state.dir", job.directory().toString());
        settings.put("tidemark.state.allow-temp-dir", true);
        settings.put("tidemark.state.memory", job.nativeMegabytes() + "MB");
        settings.put("benchmark.input", job.input());
        settings.put("benchmark.output", job.output());
        System.out.println("settings: " + settings);
        application.setDefaultProperties(settings);
        application.run();
    }
}
