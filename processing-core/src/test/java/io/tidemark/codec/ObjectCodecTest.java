package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import io.tidemark.api.UnstorableValue;
import io.tidemark.codec.FormerSamples.Deep;
import io.tidemark.codec.FormerSamples.Flat;
import io.tidemark.codec.FormerSamples.Item;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ObjectCodecTest {

    private record Node(int value, @Nullable Node next, List<Node> children) {}

    private sealed interface Expression {}

    private record Constant(long value) implements Expression {}

    private record Sum(Expression left, Expression right) implements Expression {}

    @Test
    void shouldReadWhatItWroteOfEveryScalar() {
        ObjectCodec<Flat> codec = ObjectCodec.of(Flat.class);
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            Flat value = flat(random);
            byte[] bytes = codec.encode(value);
            assertThat(codec.decode(bytes)).isEqualTo(value);
            assertThat(codec.encode(codec.decode(bytes))).isEqualTo(bytes);
        }
    }

    @Test
    void shouldTakeAFewBytes() {
        record Total(long count, long sum, int highest, long time) {}
        record Basket(List<Item> items) {}
        ObjectCodec<Total> codec = ObjectCodec.of(Total.class);
        ObjectCodec<Basket> basket = ObjectCodec.of(Basket.class);

        assertThat(codec.encode(new Total(12, 5_000, 999, 1_732_000_000_000L))).hasSize(1 + 1 + 2 + 2 + 6);
        assertThat(basket.encode(new Basket(List.of(new Item("x", 2), new Item("y", -3)))))
                .as("head, count, and of each item: nulls, count, length, text")
                .hasSize(1 + 1 + 2 * (1 + 1 + 1 + 1));
    }

    @Test
    void shouldKeepValuesThatContainTheirType() {
        ObjectCodec<Node> codec = ObjectCodec.of(Node.class);
        ObjectCodec<Expression> expressions = ObjectCodec.of(Expression.class);
        Node value = new Node(1, new Node(2, null, List.of()), List.of(new Node(3, null, List.of())));
        Expression sum = new Sum(new Constant(1), new Sum(new Constant(2), new Constant(3)));

        assertThat(codec.schema()).isEqualTo("2:{children:list[^0],next:^0,value:int}");
        assertThat(expressions.schema()).isEqualTo("2:<Constant={value:long}|Sum={left:^1,right:^1}>");
        assertThat(codec.decode(codec.encode(value))).isEqualTo(value);
        assertThat(expressions.decode(expressions.encode(sum))).isEqualTo(sum);
        assertThat(ObjectCodec.of(Sum.class).schema())
                .isEqualTo("2:{left:<Constant={value:long}|Sum=^1>,right:<Constant={value:long}|Sum=^1>}");
    }

    /** A chain far longer than the stack is deep fails as a value, not as a thread. */
    @Test
    void shouldRefuseWhatIsTooDeep() {
        Node chain = new Node(0, null, List.of());
        for (int i = 0; i < 100_000; i++) {
            chain = new Node(i, chain, List.of());
        }
        Node tooDeep = chain;
        ObjectCodec<Node> codec = ObjectCodec.of(Node.class);

        assertThatThrownBy(() -> codec.encode(tooDeep))
                .isInstanceOf(UnstorableValue.class)
                .hasMessageContaining("nested deeper than 500 levels");
    }

    static class Animal {
        String name = "";
    }

    static class Dog extends Animal {
        int legs = 4;
    }

    @Test
    void shouldRefuseASubclassWhoseFieldsWouldBeLost() {
        ObjectCodec<Animal> codec = ObjectCodec.of(Animal.class);

        assertThat(codec.decode(codec.encode(new Animal())))
                .usingRecursiveComparison()
                .isEqualTo(new Animal());
        assertThatThrownBy(() -> codec.encode(new Dog()))
                .isInstanceOf(UnstorableValue.class)
                .hasMessageContaining("Dog stands where")
                .hasMessageContaining("Animal is declared");
    }

    @Test
    void shouldRefuseContainersWhoseBehaviourNoBytesKeep() {
        ObjectCodec<Map<String, Integer>> codec =
                ObjectCodec.of(new FormerSamples.Declared<Map<String, Integer>>() {}.type);
        Map<String, Integer> recent = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
                return size() > 2;
            }
        };
        Map<String, Integer> ignoringCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

        for (Map<String, Integer> each : List.of(recent, ignoringCase)) {
            each.put("a", 1);
            assertThatThrownBy(() -> codec.encode(each)).isInstanceOf(UnstorableValue.class);
        }
    }

    /** What goes on being changed after a restart must behave as it did. */
    @Test
    void shouldKeepWhetherAMapIsSorted() {
        ObjectCodec<Map<String, Integer>> codec =
                ObjectCodec.of(new FormerSamples.Declared<Map<String, Integer>>() {}.type);

        Map<String, Integer> sorted = codec.decode(codec.encode(new TreeMap<>(Map.of("b", 1))));
        Map<String, Integer> filled = codec.decode(codec.encode(new LinkedHashMap<>(Map.of("b", 1))));
        sorted.put("a", 2);
        filled.put("a", 2);

        assertThat(sorted.keySet()).containsExactly("a", "b");
        assertThat(filled.keySet()).containsExactly("b", "a");
    }

    @Test
    void shouldRefuseATextThatCannotBeWritten() {
        ObjectCodec<Item> codec = ObjectCodec.of(Item.class);
        for (String broken : List.of("\uD83D", "half a pair \uD83D", "\uDE00\uD83D", "😀\uD83D", "ä\uD83D")) {
            assertThatThrownBy(() -> codec.encode(new Item(broken, 1))).isInstanceOf(UnstorableValue.class);
        }
    }

    @Test
    void shouldRefuseOrReadAnyBytesWithoutAllocatingMuch() {
        ObjectCodec<Deep> deep = ObjectCodec.of(Deep.class);
        ObjectCodec<Flat> flat = ObjectCodec.of(Flat.class);
        ObjectCodec<Expression> expressions = ObjectCodec.of(Expression.class);
        Random random = new Random(3);
        byte[] good = flat.encode(flat(random));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> flat.decode(cut)).isInstanceOf(RuntimeException.class);
        }
        assertThatThrownBy(() -> flat.decode(Arrays.copyOf(good, good.length + 1)))
                .isInstanceOf(IllegalArgumentException.class);
        long before = allocated();
        int refused = 0;
        for (int i = 0; i < 30_000; i++) {
            byte[] noise = new byte[random.nextInt(60)];
            random.nextBytes(noise);
            if (noise.length > 0) {
                noise[0] &= 1;
            }
            try {
                List.of(flat, deep, expressions).get(i % 3).decode(noise);
            } catch (RuntimeException expected) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(28_000);
        assertThat((allocated() - before) / 30_000).as("bytes for each").isLessThan(64 << 10);
    }

    /** Nulls take a bit each: eight times as many of them as there are bytes must not be believed. */
    @Test
    void shouldBoundAListOfNulls() {
        ObjectCodec<List<Item>> codec = ObjectCodec.of(new FormerSamples.Declared<List<Item>>() {}.type);
        List<Item> nulls = new ArrayList<>(Arrays.asList(null, new Item("a", 1), null));
        ValueOutput hostile = new ValueOutput(8);
        hostile.write(0);
        ContainerHead.write(hostile, Integer.MAX_VALUE, ContainerHead.LIST, true);
        hostile.write(new byte[] {-1, -1});

        assertThat(codec.decode(codec.encode(nulls))).isEqualTo(nulls);
        assertThatThrownBy(() -> codec.decode(hostile.toBytes())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldBeEqualForEqualTypes() {
        StateCodec<?> codec = StateCodecs.forType(Flat.class);

        assertThat(codec.id()).isEqualTo("object");
        assertThat(codec).isEqualTo(ObjectCodec.of(Flat.class)).hasSameHashCodeAs(ObjectCodec.of(Flat.class));
        assertThat(codec).isNotEqualTo(ObjectCodec.of(Item.class));
    }

    @Test
    void shouldHaveRoomForALimitedNumberOfSchemas() {
        record V(String count) {}
        ObjectCodec<V> codec = ObjectCodec.of(V.class);
        StringBuilder history = new StringBuilder("2:{a0:long}");
        for (int i = 1; i < 63; i++) {
            history.append(";2:{a").append(i).append(":long}");
        }
        StoredFormat full = codec.formatAfter(new StoredFormat("object", history.toString()));
        StateCodec<V> last = codec.boundTo(full);

        assertThat(last.decode(last.encode(new V("x")))).isEqualTo(new V("x"));
        assertThatThrownBy(() -> codec.formatAfter(new StoredFormat("object", history + ";2:{a63:long}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no room for more");
        assertThatThrownBy(() -> codec.boundTo(new StoredFormat("object", "2:{a:long}")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Flat flat(Random random) {
        return new Flat(
                number(random),
                (int) number(random),
                (short) number(random),
                (byte) number(random),
                Double.longBitsToDouble(random.nextLong()),
                Float.intBitsToFloat(random.nextInt()),
                random.nextBoolean(),
                (char) random.nextInt(1 << 16),
                random.nextInt(3) == 0 ? null : text(random),
                random.nextInt(3) == 0 ? null : number(random),
                random.nextInt(3) == 0 ? null : random.nextGaussian(),
                random.nextInt(3) == 0 ? null : random.nextBoolean(),
                random.nextInt(3) == 0 ? null : random.nextInt(),
                random.nextInt(3) == 0 ? null : random.nextFloat());
    }

    /** Of every length a number can have. */
    private static long number(Random random) {
        return random.nextLong() >> random.nextInt(Long.SIZE);
    }

    static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            int point = random.nextInt(4) == 0 ? 0x1F600 + random.nextInt(50) : 1 + random.nextInt(0x3000);
            text.appendCodePoint(point);
        }
        return text.toString();
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
