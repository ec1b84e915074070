package io.tidemark.codec;

import io.tidemark.api.StateCodec;
import io.tidemark.state.RoundTrip;
import java.util.ArrayList;
import java.util.List;

/** Writes sample values of a codec and reads them again, before anybody trusts it with state. */
public final class SelfTest {

    private SelfTest() {}

    /** What is wrong with a codec; empty when every sample came back as it was. */
    public static <T> List<String> problemsOf(StateCodec<T> codec) {
        List<String> problems = new ArrayList<>();
        try {
            for (T sample : codec.samples()) {
                String problem = RoundTrip.problemWith(codec, sample);
                if (problem != null && !problems.contains(problem)) {
                    problems.add(problem);
                }
            }
        } catch (RuntimeException | StackOverflowError e) {
            problems.add(
                    "no values could be made up to test it (" + e.getClass().getName() + ")");
        }
        return problems;
    }
}
