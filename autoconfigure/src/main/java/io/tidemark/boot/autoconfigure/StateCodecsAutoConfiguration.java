package io.tidemark.boot.autoconfigure;

import com.google.protobuf.Message;
import io.tidemark.codec.AvroStateCodecs;
import io.tidemark.codec.ProtobufStateCodecs;
import org.apache.avro.specific.SpecificRecord;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Codecs of states for what Avro and Protobuf generate, where the application has them. */
@AutoConfiguration(before = TidemarkAutoConfiguration.class)
public final class StateCodecsAutoConfiguration {

    /** Avro. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(SpecificRecord.class)
    static class Avro {

        @Bean
        @ConditionalOnMissingBean
        AvroStateCodecs tidemarkAvroStateCodecs() {
            return new AvroStateCodecs();
        }
    }

    /** Protobuf. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Message.class)
    static class Protobuf {

        @Bean
        @ConditionalOnMissingBean
        ProtobufStateCodecs tidemarkProtobufStateCodecs() {
            return new ProtobufStateCodecs();
        }
    }
}
