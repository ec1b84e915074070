package io.tidemark.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.CodecFit;
import io.tidemark.api.StateCodec;
import io.tidemark.api.StoredFormat;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random types, random changes, random values: a changed type either reads what was stored, with everything that both versions know as it was,
 * or is refused at start. It never fails at a value.
 *
 * <p>The types are written as Java source, both versions of each, and compiled. What was read is compared as trees of names and values, apart
 * from any form.
 */
class EvolutionPropertyTest {

    private static final int CASES = 150;
    private static final long SEED = Long.getLong("seed", 20_261_127L);

    @TempDir
    private Path directory;

    @Test
    void shouldReadOrRefuseEveryChange() throws Exception {
        Random random = new Random(SEED);
        Map<String, String> sources = new LinkedHashMap<>();
        List<RandomTypes.Change> changes = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            RandomTypes types = new RandomTypes(random);
            RandomTypes.Change change = types.change();
            changes.add(change);
            sources.put("c" + i + "a.Root", types.source("c" + i + "a", change.before()));
            sources.put("c" + i + "b.Root", types.source("c" + i + "b", change.after()));
        }
        ClassLoader loader = Sources.compile(sources, directory);
        int read = 0;
        int refused = 0;
        int back = 0;
        for (int i = 0; i < CASES; i++) {
            Class<?> before = loader.loadClass("c" + i + "a.Root");
            Class<?> after = loader.loadClass("c" + i + "b.Root");
            String what =
                    "case " + i + " of seed " + SEED + ": " + changes.get(i).what() + "\n"
                            + sources.get("c" + i + "a.Root") + "\n" + sources.get("c" + i + "b.Root");
            ObjectCodec<Object> old = ObjectCodec.of(before);
            ObjectCodec<Object> now = ObjectCodec.of(after);
            assertThat(SelfTest.problemsOf(old)).as(what).isEmpty();
            assertThat(SelfTest.problemsOf(now)).as(what).isEmpty();
            CodecFit fit = now.fit(old.format());
            if (fit.isReadable()) {
                read++;
                readsAll(old, now, changes.get(i), what);
            } else {
                refused++;
                assertThat(changes.get(i).isSafe())
                        .as("refused: " + fit.misfits() + "\n" + what)
                        .isFalse();
            }
            if (goesBack(old, now, changes.get(i), what)) {
                back++;
            }
        }
        assertThat(read).as("changes that were read").isGreaterThan(CASES / 3);
        assertThat(refused).as("changes that were refused").isGreaterThan(CASES / 6);
        assertThat(back).as("changes that were gone back on without loss").isGreaterThan(CASES / 20);
    }

    private static void readsAll(
            ObjectCodec<Object> old, ObjectCodec<Object> now, RandomTypes.Change change, String what) {
        StoredFormat format = now.formatAfter(old.format());
        StateCodec<Object> bound = now.boundTo(format);
        List<Object> samples = old.samples();
        assertThat(samples).as(what).isNotEmpty();
        for (Object sample : samples) {
            Object read = read(bound, old.encode(sample), what);
            assertThat(Trees.differences(Trees.of(sample), Trees.of(read), change.renames()))
                    .as(what)
                    .isEmpty();
            assertThat(Contents.same(read, read(bound, bound.encode(read), what)))
                    .as(what)
                    .isTrue();
        }
        assertThat(now.fit(format).behind()).as(what).isFalse();
    }

    /** The version before reads what the later one wrote, where nothing would be lost. */
    private static boolean goesBack(
            ObjectCodec<Object> old, ObjectCodec<Object> now, RandomTypes.Change change, String what) {
        if (!now.fit(old.format()).isReadable() || now.schema().equals(old.schema())) {
            return false;
        }
        StoredFormat both = now.formatAfter(old.format());
        CodecFit fit = old.fit(both);
        assertThat(fit.behind()).as(what).isTrue();
        if (!fit.isReadable()) {
            return false;
        }
        StateCodec<Object> bound = old.boundTo(old.formatAfter(both));
        StateCodec<Object> later = now.boundTo(both);
        for (Object sample : now.samples()) {
            Object read = read(bound, later.encode(sample), what);
            if (fit.drops().isEmpty() && change.renames().isEmpty()) {
                assertThat(Trees.differences(Trees.of(sample), Trees.of(read), Map.of()))
                        .as("back: " + what)
                        .isEmpty();
            }
        }
        return fit.drops().isEmpty();
    }

    private static Object read(StateCodec<Object> codec, byte[] bytes, String what) {
        try {
            return codec.decode(bytes);
        } catch (RuntimeException e) {
            throw new AssertionError("a value that was accepted at start cannot be read: " + what, e);
        }
    }

    /** Values as trees: records by the names of their components, numbers by what they are worth. */
    static final class Trees {

        private Trees() {}

        static Object of(Object value) {
            if (value == null || value instanceof String || value instanceof Boolean || value instanceof Character) {
                return value;
            }
            if (value instanceof Optional<?> optional) {
                return of(optional.orElse(null));
            }
            if (value instanceof Enum<?> constant) {
                return "constant " + constant.name();
            }
            if (value instanceof Double || value instanceof Float) {
                double number = ((Number) value).doubleValue();
                return Double.isFinite(number) && number != 0
                        ? new BigDecimal(number).stripTrailingZeros()
                        : "" + number;
            }
            if (value instanceof BigInteger whole) {
                return new BigDecimal(whole).stripTrailingZeros();
            }
            if (value instanceof Number number) {
                return new BigDecimal(number.toString()).stripTrailingZeros();
            }
            if (value.getClass().isArray()) {
                List<Object> elements = new ArrayList<>();
                for (int i = 0; i < Array.getLength(value); i++) {
                    elements.add(of(Array.get(value, i)));
                }
                return elements;
            }
            if (value instanceof Collection<?> all) {
                List<Object> elements = new ArrayList<>();
                all.forEach(each -> elements.add(of(each)));
                return elements;
            }
            if (value instanceof Map<?, ?> map) {
                List<Object> entries = new ArrayList<>();
                map.forEach((key, each) -> entries.add(Arrays.asList(of(key), of(each))));
                return entries;
            }
            if (!value.getClass().isRecord()) {
                return value;
            }
            Map<String, Object> fields = new TreeMap<>();
            fields.put("type", value.getClass().getSimpleName());
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                try {
                    component.getAccessor().setAccessible(true);
                    fields.put(component.getName(), of(component.getAccessor().invoke(value)));
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            }
            return fields;
        }

        /** Where two trees differ in what both have; zero written as a whole number and as a fraction is the same. */
        static List<String> differences(Object before, Object after, Map<String, String> renames) {
            List<String> found = new ArrayList<>();
            compare("", before, after, renames, found);
            return found;
        }

        private static void compare(
                String path, Object before, Object after, Map<String, String> renames, List<String> found) {
            if (before instanceof Map<?, ?> fields && after instanceof Map<?, ?> now) {
                fields.forEach((name, value) -> {
                    Object renamed = renames.getOrDefault(name, (String) name);
                    Object key = now.containsKey(name) ? name : renamed;
                    if (now.containsKey(key) && !name.equals("type")) {
                        compare(path + "." + name, value, now.get(key), renames, found);
                    }
                });
            } else if (before instanceof List<?> elements && after instanceof List<?> now) {
                if (elements.size() != now.size()) {
                    found.add(path + ": " + elements.size() + " became " + now.size() + " elements");
                    return;
                }
                for (int i = 0; i < elements.size(); i++) {
                    compare(path + "[" + i + "]", elements.get(i), now.get(i), renames, found);
                }
            } else if (!same(before, after, renames)) {
                found.add(path + ": " + before + " became " + after);
            }
        }

        private static boolean same(Object before, Object after, Map<String, String> renames) {
            if (before instanceof String constant && constant.startsWith("constant ")) {
                String name = constant.substring("constant ".length());
                return after.equals(constant) || after.equals("constant " + renames.get(name));
            }
            boolean zero = before instanceof BigDecimal number
                    && number.signum() == 0
                    && after instanceof String text
                    && text.equals("0.0");
            return zero || java.util.Objects.equals(before, after);
        }
    }
}
