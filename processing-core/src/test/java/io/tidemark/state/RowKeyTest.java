package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowKeyTest {

    @Test
    void shouldKeepRowsOfOneStateTogether() {
        // given
        byte[] a = RowKey.value("count", new byte[] {1, 2});
        byte[] b = RowKey.value("count", new byte[] {(byte) 0xFF});
        byte[] other = RowKey.value("counts", new byte[] {1, 2});
        byte[] prefix = RowKey.statePrefix(RowKind.VALUE, "count");

        // then
        assertThat(startsWith(a, prefix)).isTrue();
        assertThat(startsWith(b, prefix)).isTrue();
        assertThat(startsWith(other, prefix)).isFalse();
        assertThat(RowKey.nameOf(a)).isEqualTo("count");
        assertThat(RowKey.nameOf(other)).isEqualTo("counts");
    }

    @Test
    void shouldNeverConfuseOneKeyWithAnother() {
        // given two keys of which one continues the other
        byte[] shorter = RowKey.value("s", new byte[] {7});
        byte[] longer = RowKey.value("s", new byte[] {7, 0});

        // then neither row is a prefix of the other, so sub-keys of one can never be taken for the other
        assertThat(startsWith(longer, shorter)).isFalse();
    }

    @Test
    void shouldEndAfterEveryRowWithThePrefix() {
        assertThat(RowKey.endOf(new byte[] {1, 2})).containsExactly(1, 3);
        assertThat(RowKey.endOf(new byte[] {1, (byte) 0xFF})).containsExactly(2);
        assertThat(RowKey.endOf(new byte[] {(byte) 0xFF})).isNull();
        assertThat(RowKey.nameOf(new byte[] {1})).isNull();
        assertThat(RowKey.nameOf(new byte[] {1, 9, 'x'})).isNull();
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }
}
