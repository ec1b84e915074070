package io.tidemark.boot;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;

/** What Spring's side may use of the engine. Each rule is shown red against a planted violation. */
class BootArchitectureTest {

    private static final Set<String> PORTS = Set.of(
            "io.tidemark.kafka.GroupProtocol",
            "io.tidemark.kafka.KafkaClients",
            "io.tidemark.kafka.MembershipSettings",
            "io.tidemark.kafka.StartFrom",
            "io.tidemark.codec.AvroStateCodecs",
            "io.tidemark.codec.ProtobufStateCodecs",
            "io.tidemark.codec.Migration",
            "io.tidemark.codec.SelfTest",
            "io.tidemark.codec.StateCodecs",
            "io.tidemark.codec.TypeVariables",
            "io.tidemark.codec.UnstorableType");

    private static final JavaClasses BOOT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tidemark.boot", "io.tidemark.annotation");

    static ArchRule usesTheEngineThroughItsFront() {
        return noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.tidemark..")
                        .and(not(resideInAnyPackage(
                                "io.tidemark.api",
                                "io.tidemark.error",
                                "io.tidemark.runtime",
                                "io.tidemark.boot..",
                                "io.tidemark.annotation")))
                        .and(not(describe("a port", (JavaClass type) -> PORTS.contains(type.getName())))));
    }

    static ArchRule autoConfigurationsAreFinal() {
        return classes()
                .that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL);
    }

    static ArchRule annotationsKnowNothing() {
        return noClasses()
                .that()
                .resideInAPackage("io.tidemark.annotation")
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.tidemark.boot..", "io.tidemark.runtime"));
    }

    @Test
    void shouldKeepTheRules() {
        usesTheEngineThroughItsFront().check(BOOT);
        autoConfigurationsAreFinal().check(BOOT);
        annotationsKnowNothing().check(BOOT);
    }

    @Test
    void shouldMarkEveryPackage() {
        for (String name : Set.of(
                "io.tidemark.annotation",
                "io.tidemark.boot",
                "io.tidemark.boot.autoconfigure",
                "io.tidemark.boot.actuate",
                "io.tidemark.boot.metrics")) {
            assertThat(BOOT.getPackage(name).isAnnotatedWith(NullMarked.class))
                    .as(name)
                    .isTrue();
        }
    }

    @Test
    void shouldTurnRedOnAPlantedViolation() {
        assertRed(usesTheEngineThroughItsFront(), ReachesBehind.class);
        assertRed(autoConfigurationsAreFinal(), OpenConfiguration.class);
        assertRed(annotationsKnowNothing(), io.tidemark.annotation.PlantedDependency.class);
    }

    private static void assertRed(ArchRule rule, Class<?> planted) {
        JavaClasses classes = new ClassFileImporter().importClasses(planted);
        assertThatThrownBy(() -> rule.check(classes)).isInstanceOf(AssertionError.class);
    }

    static class ReachesBehind {
        Object breaks() {
            return io.tidemark.state.RowKind.VALUE;
        }
    }

    @AutoConfiguration
    static class OpenConfiguration {}
}
