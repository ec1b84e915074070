package io.tidemark.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keeps the planted faults in step with the code: each still fits and compiles. What they do is another test's matter. */
class MutantPatchesIT {

    @ParameterizedTest
    @EnumSource
    void shouldFitTheCodeAsItIs(Mutant mutant) throws IOException {
        try (Stream<Path> all = Files.walk(mutant.classes())) {
            assertThat(all.filter(path -> path.toString().endsWith(".class"))).isNotEmpty();
        }
    }
}
