package io.tidemark.state;

import io.tidemark.api.StateCodec;
import io.tidemark.api.UnstorableValue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes a value, reads it, and compares: by content, then by bytes. */
public final class RoundTrip {

    private RoundTrip() {}

    /** What is wrong with a value, or {@code null} when it comes back as it is. Says nothing of its content. */
    public static <T> @Nullable String problemWith(StateCodec<T> codec, T value) {
        String name = nameOf(value);
        byte[] bytes;
        try {
            bytes = codec.encode(value).clone();
        } catch (UnstorableValue e) {
            return e.getMessage();
        } catch (RuntimeException | StackOverflowError e) {
            return "a " + name + " cannot be written (" + e.getClass().getName() + ")";
        }
        try {
            T read = codec.decode(bytes.clone());
            if (!codec.same(value, read)) {
                return "a " + name + " comes back with other content than it had when it was written";
            }
            boolean stable = !codec.hasStableBytes(read) || Arrays.equals(bytes, codec.encode(read));
            return stable ? null : "a " + name + " has other bytes after it was read";
        } catch (UnstorableValue e) {
            return "a " + name + " cannot be read again after it was written: " + e.getMessage();
        } catch (RuntimeException | StackOverflowError e) {
            return "a " + name + " cannot be read again after it was written ("
                    + e.getClass().getName() + ")";
        }
    }

    private static String nameOf(@Nullable Object value) {
        return value == null ? "null" : value.getClass().getSimpleName();
    }
}
