package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Output;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KryoStateCodecTest extends StateCodecContract<KryoStateCodecTest.Cart> {

    record Item(String sku, int count) {}

    record Cart(String id, ArrayList<Item> items, HashMap<String, Long> cents, long[] raw) {}

    static class Carts extends KryoStateCodec<Cart> {
        Carts() {
            super(Cart.class, kryo -> {
                kryo.register(Cart.class, 20);
                kryo.register(Item.class, 21);
                kryo.register(ArrayList.class, 22);
                kryo.register(HashMap.class, 23);
                kryo.register(long[].class, 24);
            });
        }
    }

    static class Clashing extends KryoStateCodec<Cart> {
        Clashing() {
            super(Cart.class, kryo -> {
                kryo.register(Cart.class, 20);
                kryo.register(Item.class, 20);
            });
        }
    }

    @Override
    StateCodec<Cart> codec() {
        return new Carts();
    }

    @Override
    List<Cart> values() {
        return List.of(
                new Cart("a", new ArrayList<>(), new HashMap<>(), new long[0]),
                new Cart(
                        "b",
                        new ArrayList<>(List.of(new Item("x", 1), new Item("y", 2))),
                        new HashMap<>(Map.of("k", 5L)),
                        new long[] {1, 2}));
    }

    @Override
    List<StoredFormat> readable() {
        return List.of(new StoredFormat("kryo", "20=" + Cart.class.getName()));
    }

    @Override
    List<StoredFormat> unreadable() {
        return List.of(new StoredFormat("kryo", "30=" + Cart.class.getName()));
    }

    @Test
    void shouldRefuseIdsThatAreTakenTwice() {
        assertThatThrownBy(Clashing::new)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("id 20");
    }

    /** With registration required, Kryo still loads a class that bytes name before it refuses it. */
    @Test
    void shouldLoadNoClassThatBytesName() {
        Kryo writer = new Kryo();
        writer.setRegistrationRequired(false);
        Output out = new Output(256);
        writer.writeClassAndObject(out, new Unloaded.Trap());
        Unloaded.loaded = false;

        assertThatThrownBy(() -> codec().decode(out.toBytes())).hasMessageContaining("named by bytes");
        assertThat(Unloaded.loaded).isFalse();
    }

    static final class Unloaded {
        static boolean loaded;

        static final class Trap {
            Trap() {
                loaded = true;
            }
        }
    }
}
