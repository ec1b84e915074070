package io.tidemark.faults;

import io.tidemark.annotation.KeyedProcessor;
import java.io.IOException;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The same ledger, kept from two topics: each task needs its partition of both. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(TwoTopicsApplication.LedgerOfTwo.class)
class TwoTopicsApplication {

    @KeyedProcessor(
            id = "ledger",
            topics = {"${ledger.in}", "${ledger.in}" + Field.SECOND})
    static class LedgerOfTwo extends Ledger {}

    private TwoTopicsApplication() {}

    public static void main(String[] arguments) throws IOException {
        LedgerApplication.serve(TwoTopicsApplication.class, arguments);
    }
}
