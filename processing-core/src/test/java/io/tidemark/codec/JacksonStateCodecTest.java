package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import io.tidemark.state.RoundTrip;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JacksonStateCodecTest extends StateCodecContract<JacksonStateCodecTest.Cart> {

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Bought.class, name = "b"),
        @JsonSubTypes.Type(value = Noted.class, name = "n")
    })
    interface Line {}

    record Bought(@JsonProperty("s") String sku, int count) implements Line {}

    record Noted(String text) implements Line {}

    record Cart(String id, List<Line> lines, Map<String, Long> cents) {}

    static class Forgetful {
        public int kept;

        @JsonIgnore
        public int forgotten;
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClass {}

    record OfClass(int n) implements ByClass {}

    @SuppressWarnings("unchecked")
    private static <T> StateCodec<T> of(Class<T> type) {
        return (StateCodec<T>) new JacksonStateCodec().codecFor(type);
    }

    @Override
    StateCodec<Cart> codec() {
        return of(Cart.class);
    }

    @Override
    List<Cart> values() {
        return List.of(
                new Cart("a", List.of(), Map.of()),
                new Cart("b", List.of(new Bought("x", 1), new Noted("ä")), Map.of("k", 5L)));
    }

    @Override
    List<StoredFormat> readable() {
        return List.of();
    }

    @Override
    List<StoredFormat> unreadable() {
        return List.of(new StoredFormat("object", "2:{}"));
    }

    @Test
    void shouldFindWhatTheMapperForgets() {
        Forgetful value = new Forgetful();
        value.kept = 1;
        value.forgotten = 2;

        assertThat(RoundTrip.problemWith(of(Forgetful.class), value)).contains("other content");
    }

    @Test
    void shouldLetNoBytesChooseAClass() {
        assertThat(RoundTrip.problemWith(of(ByClass.class), new OfClass(1))).contains("cannot be");
    }
}
