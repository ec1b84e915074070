package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyTableTest {

    private record Cell(byte[] key, int number) implements KeyTable.Keyed {}

    private final KeyTable<Cell> table = new KeyTable<>();
    private final Map<String, Cell> expected = new HashMap<>();

    /** Few different hashes: long runs, which go round the end of the table. */
    private static int colliding(byte[] key) {
        return KeyTable.hash(key) % 4 == 0 ? -1 : KeyTable.hash(key) & 0xE000_0003;
    }

    @Test
    void shouldHoldWhatAMapHolds() {
        for (boolean collisions : new boolean[] {false, true}) {
            Random random = new Random(1);
            table.removeIf(cell -> true, () -> true);
            expected.clear();
            for (int step = 0; step < 60_000; step++) {
                String text = Integer.toString(random.nextInt(collisions ? 150 : 3_000));
                byte[] key = text.getBytes(StandardCharsets.US_ASCII);
                int hash = collisions ? colliding(key) : KeyTable.hash(key);
                if (random.nextInt(3) == 0) {
                    table.remove(key, hash);
                    expected.remove(text);
                } else if (!expected.containsKey(text)) {
                    Cell cell = new Cell(key, step);
                    table.add(cell, hash);
                    expected.put(text, cell);
                }
                if (step % 5_000 == 0) {
                    int odd = random.nextInt(2);
                    Set<Integer> asked = new HashSet<>();
                    table.removeIf(
                            cell -> {
                                assertThat(asked.add(cell.number())).isTrue();
                                return cell.number() % 2 == odd;
                            },
                            () -> true);
                    assertThat(asked).hasSize(expected.size());
                    expected.values().removeIf(cell -> cell.number() % 2 == odd);
                }
                assertThat(table.get(key, hash)).isSameAs(expected.get(text));
                assertThat(table.size()).isEqualTo(expected.size());
            }
            boolean hard = collisions;
            expected.forEach((text, cell) -> assertThat(
                            table.get(cell.key(), hard ? colliding(cell.key()) : KeyTable.hash(cell.key())))
                    .isSameAs(cell));
        }
    }

    /** Numbers as bytes, and texts that collide in the JDK's hash of arrays. */
    @Test
    void shouldSpreadKeysThatAreAlike() {
        Set<Integer> numbers = new HashSet<>();
        Set<Integer> texts = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            numbers.add(KeyTable.hash(ByteBuffer.allocate(8).putLong(i).array()));
            StringBuilder text = new StringBuilder();
            for (int bit = 0; bit < 17; bit++) {
                text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            texts.add(KeyTable.hash(text.toString().getBytes(StandardCharsets.US_ASCII)));
        }
        assertThat(numbers).hasSizeGreaterThan(99_990);
        assertThat(texts).hasSizeGreaterThan(99_990);
    }

    @Test
    void shouldTellKeysWithOneHashApart() {
        Cell a = new Cell(new byte[] {1}, 1);
        Cell b = new Cell(new byte[] {1, 2}, 2);
        table.add(a, 7);
        table.add(b, 7);

        assertThat(table.get(new byte[] {1, 2}, 7)).isSameAs(b);
        assertThat(table.get(new byte[0], 7)).isNull();
        table.remove(new byte[] {3}, 7);
        table.remove(a.key(), 7);

        assertThat(table.get(a.key(), 7)).isNull();
        assertThat(table.get(b.key(), 7)).isSameAs(b);
    }
}
