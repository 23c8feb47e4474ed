package io.tidepool.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import io.tidepool.agent.cli.Tidepool;
import java.util.ArrayList;
import java.util.List;

/** The walls of DESIGN section 3: a row imports rows below it only, and third parties stay where they belong. */
@AnalyzeClasses(packages = "io.tidepool.agent", importOptions = DoNotIncludeTests.class)
final class LayersTest {
    /** From the top; packages in one row are siblings, which never import each other. */
    private static final List<List<String>> ROWS = List.of(
            List.of("cli"),
            List.of("api"),
            List.of("read"),
            List.of("cache", "catalog"),
            List.of("disk", "peer", "origin", "memory"),
            List.of("chunk", "metrics"));

    @ArchTest
    static final ArchRule aRowImportsRowsBelowItOnly = rows();

    private static ArchRule rows() {
        var architecture = Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true);
        ROWS.stream()
                .flatMap(List::stream)
                .forEach(layer -> architecture.layer(layer).definedBy(packageOf(layer)));
        for (int row = 0; row < ROWS.size(); row++) {
            List<String> below = new ArrayList<>();
            ROWS.subList(row + 1, ROWS.size()).forEach(below::addAll);
            for (String layer : ROWS.get(row)) {
                var access = architecture.whereLayer(layer);
                if (below.isEmpty()) {
                    access.mayNotAccessAnyLayer();
                } else {
                    access.mayOnlyAccessLayers(below.toArray(String[]::new));
                }
            }
        }
        return architecture;
    }

    @ArchTest
    static final ArchRule everyClassIsInARow = classes()
            .should()
            .resideInAnyPackage(ROWS.stream()
                    .flatMap(List::stream)
                    .map(LayersTest::packageOf)
                    .toArray(String[]::new));

    @ArchTest
    static final ArchRule theVocabularyUsesTheJdkOnly = classes()
            .that()
            .resideInAPackage(packageOf("chunk"))
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(packageOf("chunk"), "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule ossStaysInOrigin = only("origin", "com.aliyun..", "org.apache.http..");

    @ArchTest
    static final ArchRule rocksDbStaysInDisk = only("disk", "org.rocksdb..");

    @ArchTest
    static final ArchRule micrometerStaysInMetrics = only("metrics", "io.micrometer..", "io.prometheus..");

    @ArchTest
    static final ArchRule networkStaysInApiAndPeer = noClasses()
            .that()
            .resideOutsideOfPackages(packageOf("api"), packageOf("peer"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.grpc..", "io.netty..");

    @ArchTest
    static final ArchRule jGroupsStaysInPeer = only("peer", "org.jgroups..");

    @ArchTest
    static final ArchRule commandLineStaysInCli = only("cli", "picocli..", "me.tongfei..");

    @ArchTest
    static final ArchRule fuseBindingsStayBehindTheirInterface =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("jnr..", "ru.serce..");

    @ArchTest
    static final ArchRule oneMainClass =
            methods().that().haveName("main").and().areStatic().should().beDeclaredIn(Tidepool.class);

    private static ArchRule only(String layer, String... thirdParty) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(packageOf(layer))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(thirdParty);
    }

    private static String packageOf(String layer) {
        return "io.tidepool.agent." + layer + "..";
    }
}
