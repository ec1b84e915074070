package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

class ObjectStateCodecTest extends StateCodecContract<ObjectStateCodecTest.Cart> {

    sealed interface Line {}

    record Bought(String sku, int count) implements Line {}

    record Noted(@Nullable String text) implements Line {}

    record Cart(String id, List<Line> lines, Map<Line, Long> cents, double[] weights) {}

    @Override
    StateCodec<Cart> codec() {
        return ObjectCodec.of(Cart.class);
    }

    @Override
    List<Cart> values() {
        return List.of(
                new Cart("", List.of(), Map.of(), new double[0]),
                new Cart("ä", List.of(new Bought("x", -1), new Noted(null)), Map.of(new Noted("n"), 5L), new double[] {
                    1, Double.NaN
                }));
    }

    @Override
    List<StoredFormat> readable() {
        return List.of(new StoredFormat("object", "2:{id:string,more:long}"));
    }

    @Override
    List<StoredFormat> unreadable() {
        return List.of(
                new StoredFormat("object", "2:{id:long}"),
                new StoredFormat("object", "2:{lines:list[<Bought={sku:string}|Gone={}>]}"),
                new StoredFormat("string", "string"));
    }
}
