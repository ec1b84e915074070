package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CborCodecTest {

    enum Grade {
        GOOD,
        BAD
    }

    record Item(String name, int count) {}

    record Order(String id, List<Item> items, Map<String, Long> totals, Grade grade, Instant at, byte[] raw) {}

    record V1(int count, double mean) {}

    record V2(long count, double mean, String note, int added) {}

    record V3(String count) {}

    record Node(String name, List<Node> children) {}

    record Generic<T>(T value) {}

    record Holder(Generic<Long> inner) {}

    @Test
    void shouldReadWhatItWrote() {
        CborCodec<Order> codec = CborCodec.of(Order.class);
        Order order = new Order(
                "o1", List.of(new Item("x", 2)), Map.of("sum", 3L), Grade.BAD, Instant.ofEpochSecond(5, 7), new byte[] {
                    1
                });

        Order read = codec.decode(codec.encode(order));

        assertThat(read).usingRecursiveComparison().isEqualTo(order);
    }

    @Test
    void shouldWriteTheSameValueToTheSameBytes() {
        CborCodec<V2> codec = CborCodec.of(V2.class);

        assertThat(codec.encode(new V2(1, 2, "n", 3))).isEqualTo(codec.encode(new V2(1, 2, "n", 3)));
    }

    @Test
    void shouldReadAddedRemovedAndWidenedFields() {
        CborCodec<V1> v1 = CborCodec.of(V1.class);
        CborCodec<V2> v2 = CborCodec.of(V2.class);

        assertThat(v2.reads(v1.id(), v1.schema())).isTrue();
        assertThat(v2.decode(v1.encode(new V1(3, 1.5)))).isEqualTo(new V2(3, 1.5, null, 0));
        assertThat(v1.reads(v2.id(), v2.schema()))
                .as("long does not fit into int")
                .isFalse();
    }

    @Test
    void shouldRefuseAChangedType() {
        CborCodec<V1> v1 = CborCodec.of(V1.class);
        CborCodec<V3> v3 = CborCodec.of(V3.class);

        assertThat(v3.reads(v1.id(), v1.schema())).isFalse();
        assertThat(v3.reads("long", "long")).isFalse();
    }

    @Test
    void shouldDescribeShapesWithoutClassNames() {
        assertThat(CborCodec.of(Order.class).schema())
                .isEqualTo(
                        "{at:instant,grade:(GOOD|BAD),id:string,items:[{count:int,name:string}],raw:bytes,totals:<long>}");
        assertThat(CborCodec.of(Node.class).schema()).isEqualTo("{children:[self],name:string}");
        assertThat(CborCodec.of(Holder.class).schema()).isEqualTo("{inner:{value:long}}");
    }

    @Test
    void shouldParseItsOwnSchemasAndRefuseHostileOnes() {
        for (Class<?> type : List.of(Order.class, Node.class, V1.class, Holder.class)) {
            String schema = CborCodec.of(type).schema();
            assertThat(Shape.parse(schema).text()).isEqualTo(schema);
        }
        for (String bad : List.of("", "{", "{a", "{a:", "[", "[int", "(A", "int]", "{:int}", "[".repeat(10_000))) {
            assertThatThrownBy(() -> Shape.parse(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldRefuseDamagedBytes() {
        CborCodec<V1> codec = CborCodec.of(V1.class);

        assertThatThrownBy(() -> codec.decode(new byte[] {(byte) 0xBF, 0x61})).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> codec.decode(new byte[] {(byte) 0xF6})).isInstanceOf(RuntimeException.class);
    }

    @Test
    void shouldChooseTheCodecByType() {
        assertThat(StateCodecs.forType(Long.class)).isSameAs(RawCodecs.LONG);
        assertThat(StateCodecs.forType(Grade.class).id()).isEqualTo("enum");
        assertThat(StateCodecs.forType(V1.class).id()).isEqualTo("object");
    }
}
