package dev.tarry.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;

import java.util.Set;

/**
 * The layers, and who may know what. A rule that is broken prints who broke it; the exceptions are
 * named here, each with its reason.
 */
class LayersTest {
    private static final String EVENTS = "dev.tarry.events";
    private static final String LIBC = "dev.tarry.events.libc";
    private static final String SCHEDULER = "dev.tarry.scheduler";
    private static final String RUNTIME = "dev.tarry.runtime";
    private static final String DEMOS = "dev.tarry.demos..";

    private static final JavaClasses TARRY =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(EVENTS, SCHEDULER, RUNTIME, "dev.tarry.demos");

    private static void check(ArchRule rule) {
        rule.check(TARRY);
    }

    @Test
    void allLayersAreHere() {
        for (String name : Set.of(EVENTS, LIBC, SCHEDULER, RUNTIME, "dev.tarry.demos")) {
            assertThat(TARRY.containPackage(name)).as(name).isTrue();
        }
    }

    @Test
    void arrowsRunOneWay() {
        check(
                layeredArchitecture()
                        .consideringOnlyDependenciesInLayers()
                        .layer("libc")
                        .definedBy(LIBC)
                        .layer("events")
                        .definedBy(EVENTS)
                        .layer("scheduler")
                        .definedBy(SCHEDULER)
                        .layer("runtime")
                        .definedBy(RUNTIME + "..")
                        .layer("demos")
                        .definedBy(DEMOS)
                        .whereLayer("demos")
                        .mayNotBeAccessedByAnyLayer()
                        .whereLayer("runtime")
                        .mayOnlyBeAccessedByLayers("demos")
                        .whereLayer("scheduler")
                        .mayOnlyBeAccessedByLayers("runtime", "demos")
                        .whereLayer("events")
                        .mayOnlyBeAccessedByLayers("scheduler", "runtime", "demos")
                        .whereLayer("libc")
                        .mayOnlyBeAccessedByLayers("events"));
    }

    // The demos are one program, in two packages that know each other.
    @Test
    void noLayerNeedsItself() {
        check(slices().matching("dev.tarry.(*)..").should().beFreeOfCycles());
    }

    @Test
    void onlyTheLibcPackage_knowsJnrFfi() {
        check(
                noClasses()
                        .that(not(resideInAPackage(LIBC)))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("jnr.ffi..", "com.kenai.jffi..", "jnr.posix.."));
    }

    @Test
    void oneClass_knowsTheSignalsOfTheJdk() {
        check(
                noClasses()
                        .that()
                        .doNotHaveFullyQualifiedName(EVENTS + ".JvmSignalSource")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("sun..", "jdk.internal.."));
    }

    @Test
    void oneClass_reachesIntoTheJdk() {
        check(
                noClasses()
                        .that()
                        .doNotHaveFullyQualifiedName(SCHEDULER + ".LoopCarrier")
                        .should()
                        .callMethodWhere(target(nameMatching("(setA|trySetA)ccessible"))));
    }
}
