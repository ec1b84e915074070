package io.tidemark;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import io.tidemark.planted.PlantedViolations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rooms and the arrows between them. Each rule is a method, and each is shown red against a planted violation. */
class ArchitectureTest {

    private static final String ROOT = "io.tidemark.";
    private static final String[] PURE = {"api", "error", "stream", "state", "changelog", "task", "checkpoint"};

    /** What each room may see of the others. */
    private static final Map<String, List<String>> ARROWS = new TreeMap<>(Map.of(
            "api", List.of(),
            "error", List.of(),
            "stream", List.of("error"),
            "state", List.of("api", "error", "stream"),
            "codec", List.of("api", "error", "state", "changelog"),
            "changelog", List.of("error", "stream", "state"),
            "task", List.of("api", "error", "stream", "state"),
            "checkpoint", List.of("error", "stream"),
            "rocksdb", List.of("error", "stream", "state"),
            "kafka", List.of("error", "stream", "changelog", "checkpoint")));

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tidemark");

    static ArchRule roomSeesOnly(String room, List<String> others) {
        List<String> seen = new ArrayList<>(List.of(ROOT + room));
        others.forEach(other -> seen.add(ROOT + other));
        return noClasses()
                .that()
                .resideInAPackage(ROOT + room)
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.tidemark..").and(not(resideInAnyPackage(seen.toArray(String[]::new)))))
                .as("room " + room + " sees only " + others);
    }

    static ArchRule pureRoomsUseTheAllowListOnly() {
        return classes()
                .that()
                .resideInAnyPackage(pure())
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(pure())
                        .or(resideInAnyPackage(
                                "java.lang",
                                "java.lang.annotation",
                                "java.lang.invoke",
                                "java.lang.runtime",
                                "java.util",
                                "java.util.function",
                                "java.util.stream",
                                "java.util.zip",
                                "java.util.regex",
                                "java.time",
                                "java.nio",
                                "java.nio.charset",
                                "org.jspecify.annotations"))
                        // the declared type of a state, for those who make codecs
                        .or(named("java.lang.reflect.Type"))
                        .or(named("java.security.MessageDigest"))
                        .or(named("java.security.NoSuchAlgorithmException"))
                        // the seed of hashes that are never stored: nobody is to choose keys that collide
                        .or(named("java.security.SecureRandom"))
                        .or(DescribedPredicate.describe("arrays of primitives", JavaClass::isPrimitive))
                        .or(DescribedPredicate.describe(
                                "arrays",
                                type -> type.isArray()
                                        && type.getBaseComponentType().isPrimitive())));
    }

    static ArchRule pureRoomsReadNoClockAndMakeNoRandomness() {
        return noClasses()
                .that()
                .resideInAnyPackage(pure())
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.util.UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .dependOnClassesThat(named("java.util.Random")
                        .or(named("java.time.Clock"))
                        .or(named("java.util.concurrent.ThreadLocalRandom")));
    }

    /** The clock on the wall jumps, and zones change: nothing that decides or waits looks at it. Times as values are data. */
    static ArchRule nobodyReadsTheWallClock() {
        return noClasses()
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callConstructor(java.util.Date.class)
                .orShould(ArchConditions.callMethodWhere(DescribedPredicate.describe(
                        "ask what time it is, or where",
                        call -> call.getTargetOwner().getPackageName().equals("java.time")
                                && List.of("now", "systemDefault").contains(call.getName()))))
                .orShould()
                .dependOnClassesThat(
                        named("java.time.Clock").or(named("java.util.TimeZone")).or(named("java.util.Calendar")));
    }

    static ArchRule kafkaStaysInItsRoom() {
        return noClasses()
                .that(not(resideInAnyPackage(ROOT + "kafka", ROOT + "runtime")))
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.kafka.."));
    }

    /** Assembly holds the admin client it closes; it names no other type of Kafka's. */
    static ArchRule runtimeNamesOnlyTheAdminClient() {
        return noClasses()
                .that()
                .resideInAPackage(ROOT + "runtime")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("org.apache.kafka..").and(not(named("org.apache.kafka.clients.admin.Admin"))));
    }

    static ArchRule rocksDbStaysInItsRoom() {
        return noClasses()
                .that(not(resideInAPackage(ROOT + "rocksdb")))
                .should()
                .dependOnClassesThat(resideInAPackage("org.rocksdb.."));
    }

    /** What is made and closed elsewhere is not counted, and what is not counted leaks unseen. */
    static ArchRule nativeObjectsAreClosedWhereTheyAreCounted() {
        return noClasses()
                .that(not(named("io.tidemark.rocksdb.NativeHandles")))
                .should(ArchConditions.callMethodWhere(DescribedPredicate.describe(
                        "close a native object",
                        call -> call.getName().equals("close")
                                && call.getTargetOwner().isAssignableTo("org.rocksdb.AbstractNativeReference"))));
    }

    static ArchRule noSpringInCore() {
        return noClasses().should().dependOnClassesThat(resideInAPackage("org.springframework.."));
    }

    static ArchRule threadsStartInRuntimeOnly() {
        return noClasses()
                .that(not(resideInAPackage(ROOT + "runtime")))
                .should()
                .callMethod(Thread.class, "start")
                .orShould()
                .callConstructor(Thread.class, Runnable.class)
                .orShould()
                .dependOnClassesThat(named("java.util.concurrent.ExecutorService")
                        .or(named("java.util.concurrent.Executors"))
                        .or(named("java.util.Timer")));
    }

    static ArchRule nobodySeesRuntime() {
        return noClasses()
                .that(resideInAPackage("io.tidemark..").and(not(resideInAPackage(ROOT + "runtime"))))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "runtime"));
    }

    static ArchRule noCycles() {
        return slices().matching("io.tidemark.(*)..").should().beFreeOfCycles();
    }

    @TestFactory
    List<DynamicTest> shouldKeepTheArrows() {
        List<DynamicTest> tests = new ArrayList<>();
        ARROWS.forEach((room, others) -> tests.add(
                DynamicTest.dynamicTest(room, () -> roomSeesOnly(room, others).check(CORE))));
        return tests;
    }

    @Test
    void shouldKeepTheRules() {
        rules().values().forEach(rule -> rule.check(CORE));
        noCycles().check(CORE);
    }

    /** G5: a clock that jumps and a zone that changes are nobody's business. */
    @Test
    void shouldNotReadTheWallClock() {
        nobodyReadsTheWallClock().check(CORE);
    }

    @Test
    void shouldMarkEveryPackageAndSayItsDuty() {
        List<String> unmarked = new ArrayList<>();
        for (String room : ARROWS.keySet()) {
            JavaPackage found = CORE.getPackage(ROOT + room);
            if (!found.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(room);
            }
        }
        assertThat(CORE.getPackage(ROOT + "runtime").isAnnotatedWith(NullMarked.class))
                .isTrue();
        assertThat(unmarked).isEmpty();
    }

    /** A rule nobody has seen red proves nothing. */
    @TestFactory
    List<DynamicTest> shouldTurnRedOnAPlantedViolation() {
        List<DynamicTest> tests = new ArrayList<>();
        rules().forEach((name, rule) -> tests.add(DynamicTest.dynamicTest(name, () -> {
            JavaClasses planted = new ClassFileImporter().importClasses(PlantedViolations.of(name));
            assertThatThrownBy(() -> rule.check(planted)).as(name).isInstanceOf(AssertionError.class);
        })));
        ARROWS.forEach((room, others) -> tests.add(DynamicTest.dynamicTest("arrow of " + room, () -> {
            JavaClasses planted = new ClassFileImporter().importClasses(PlantedViolations.of("arrow " + room));
            assertThatThrownBy(() -> roomSeesOnly(room, others).check(planted)).isInstanceOf(AssertionError.class);
        })));
        tests.add(DynamicTest.dynamicTest("cycles", () -> {
            JavaClasses planted = new ClassFileImporter().importClasses(PlantedViolations.of("cycle"));
            assertThatThrownBy(() -> noCycles().check(planted)).isInstanceOf(AssertionError.class);
        }));
        tests.add(DynamicTest.dynamicTest("a clean class is left alone", () -> {
            JavaClasses clean = new ClassFileImporter().importClasses(io.tidemark.stream.TaskId.class);
            rules().values()
                    .forEach(rule -> assertThatCode(
                                    () -> rule.allowEmptyShould(true).check(clean))
                            .doesNotThrowAnyException());
        }));
        return tests;
    }

    private static Map<String, ArchRule> rules() {
        Map<String, ArchRule> rules = new TreeMap<>();
        rules.put("allow-list", pureRoomsUseTheAllowListOnly());
        rules.put("clock", pureRoomsReadNoClockAndMakeNoRandomness());
        rules.put("wall clock", nobodyReadsTheWallClock());
        rules.put("kafka", kafkaStaysInItsRoom());
        rules.put("runtime kafka", runtimeNamesOnlyTheAdminClient());
        rules.put("rocksdb", rocksDbStaysInItsRoom());
        rules.put("native", nativeObjectsAreClosedWhereTheyAreCounted());
        rules.put("spring", noSpringInCore());
        rules.put("threads", threadsStartInRuntimeOnly());
        rules.put("runtime", nobodySeesRuntime());
        return rules;
    }

    private static String[] pure() {
        String[] packages = new String[PURE.length];
        for (int i = 0; i < PURE.length; i++) {
            packages[i] = ROOT + PURE[i];
        }
        return packages;
    }

    private static DescribedPredicate<JavaClass> named(String name) {
        return DescribedPredicate.describe(name, type -> type.getName().equals(name));
    }
}
