package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class WithoutMessagesTest {

    @Test
    void shouldKeepTypesAndFramesAndDropWhatMayQuoteARecord() {
        Exception failure = new IllegalStateException("key 4711", new IllegalArgumentException("value secret"));
        StringWriter text = new StringWriter();

        WithoutMessages.of(failure).printStackTrace(new PrintWriter(text, true));

        assertThat(text.toString())
                .contains("IllegalStateException")
                .contains("IllegalArgumentException")
                .contains("shouldKeepTypesAndFrames")
                .doesNotContain("4711")
                .doesNotContain("secret");
    }
}
