package io.tidemark.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {

    @ParameterizedTest
    @ValueSource(strings = {"skewed", "uniform", "growing"})
    void shouldBeRightByItsOwnVerdictAndTheSameEachTime(String name) {
        Workload workload = Workload.of(name);
        Workload.Stream again = workload.records(20_000);
        Workload.Stream records = workload.records(20_000);
        Total[] totals = new Total[workload.lastKeys()];
        Verdict verdict = new Verdict(workload.lastKeys());
        OrderCodec orders = new OrderCodec();
        TotalCodec codec = new TotalCodec();
        while (records.advance()) {
            assertThat(again.advance()).isTrue();
            assertThat(again.key()).isEqualTo(records.key());
            byte[] bytes = orders.serialize("", records.order(7));
            assertThat(bytes).hasSize(100);
            int key = Workload.number(Workload.key(records.key()));
            assertThat(key).isEqualTo(records.key());
            totals[key] = Total.after(totals[key], orders.deserialize("", bytes));
            verdict.accept(key, codec.deserialize("", codec.serialize("", totals[key])));
        }
        assertThat(again.advance()).isFalse();
        assertThat(verdict.records()).isEqualTo(20_000);
    }

    @Test
    void shouldDrawTheFirstKeysMostOften() {
        Workload.Stream records = Workload.of("skewed").records(200_000);
        int[] counts = new int[100_000];
        while (records.advance()) {
            counts[records.key()]++;
        }
        Arrays.sort(counts);
        assertThat(counts[99_999]).isBetween(200_000 / 25, 200_000 / 12); // ln 2 / ln 100 001 is 6 %
        assertThat(Arrays.stream(counts).filter(count -> count > 0).count()).isGreaterThan(30_000);
    }

    @Test
    void shouldBringEachKeyOnceBeforeItRepeatsAny() {
        Workload.Stream records = Workload.sized(5_000).records(10_000);
        int[] counts = new int[5_000];
        for (int i = 0; i < 5_000; i++) {
            assertThat(records.advance()).isTrue();
            counts[records.key()]++;
        }
        assertThat(counts).containsOnly(1);
        for (int i = 0; i < 5_000; i++) {
            assertThat(records.advance()).isTrue();
            counts[records.key()]++;
        }
        assertThat(records.advance()).isFalse();
        assertThat(Arrays.stream(counts).max().orElseThrow()).isGreaterThan(3);
    }

    @Test
    void shouldGrowToEveryKeyByTheLastRecord() {
        Workload.Stream records = Workload.of("growing").records(18_000_000);
        boolean[] seen = new boolean[10_000_000];
        int late = 0;
        for (int i = 1; records.advance(); i++) {
            if (i == 9_000_000) {
                for (int key = 5_500_001; key < seen.length; key++) {
                    late += seen[key] ? 1 : 0;
                }
            }
            seen[records.key()] = true;
        }
        assertThat(late).isZero();
        for (int key = 1_000_000; key < seen.length; key++) {
            if (!seen[key]) {
                throw new AssertionError("Key " + key + " never came");
            }
        }
    }

    @Test
    void shouldNoticeWhatIsLostRepeatedOrWrong() {
        Total first = new Total(1, Workload.amount(3, 1), Workload.amount(3, 1), 0);
        Verdict repeated = new Verdict(10);
        repeated.accept(3, first);
        assertThatThrownBy(() -> repeated.accept(3, first)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> new Verdict(10).accept(3, new Total(2, 5, 5, 0)))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> new Verdict(10).accept(3, new Total(1, first.sum() + 1, first.highest(), 0)))
                .isInstanceOf(AssertionError.class);
    }
}
