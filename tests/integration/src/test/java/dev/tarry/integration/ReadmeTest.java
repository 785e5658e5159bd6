package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import javax.tools.ToolProvider;

/** What a newcomer reads first is so: the first program is one, and the library can be added. */
class ReadmeTest {
    private static final String INSTALL = "(mvn -q -P(\\w+) -pl [\\w/,]+ -am install)";

    // ---- the first program

    @Test
    @Timeout(60)
    void firstExample_compilesAsItStands(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("Example.java"), firstExample());
        compile(folder, "-cp", System.getProperty("java.class.path"));
    }

    /** With one import for all of the library, and no other module in sight. */
    @Test
    @Timeout(60)
    void firstExample_compilesAsAModule(@TempDir Path folder) throws Exception {
        String[] parts = firstExample().split("(?=void main\\(\\))", 2);
        String imports =
                parts[0].replace("import dev.tarry.runtime.*;", "import module dev.tarry.runtime;");
        assertThat(imports).contains("import module");
        Files.createDirectories(folder.resolve("app"));
        Files.writeString(
                folder.resolve("app/Example.java"),
                "package app;\n" + imports + "class Example {\n" + parts[1] + "}\n");
        Files.writeString(
                folder.resolve("module-info.java"), "module app { requires dev.tarry.runtime; }");
        compile(folder, "--module-path", StartUpTest.modulePath());
    }

    /** Words that Guava has as well. */
    @Test
    @Timeout(60)
    void importOfTheModule_bringsNothingOfOthers(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("app"));
        Files.writeString(
                folder.resolve("app/Words.java"),
                """
                package app;
                import module java.base;
                import module dev.tarry.runtime;
                class Words {
                    Optional<Duration> limit = Optional.empty();
                    Function<String, String> echo = Objects::requireNonNull;
                    Supplier<Task<Integer>> answer = () -> Tarry.spawn(() -> 42);
                    Event<ExitStatus> end(Process process) { return Events.exit(process); }
                    void serve() { try (var service = Tarry.start()) { service.submit(() -> 42); } }
                }
                """);
        Files.writeString(
                folder.resolve("module-info.java"), "module app { requires dev.tarry.runtime; }");
        compile(folder, "--module-path", StartUpTest.modulePath());
    }

    private static String firstExample() throws IOException {
        return found("README.md", Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL), 1).get(0);
    }

    private static void compile(Path folder, String... options) throws IOException {
        List<Path> sources;
        try (var files = Files.walk(folder)) {
            sources = files.filter(f -> f.toString().endsWith(".java")).toList();
        }
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("-d", folder.resolve("classes").toString(), "-proc:none"));
        var compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter output = new StringWriter();
        var files = compiler.getStandardFileManager(null, null, null);
        var task =
                compiler.getTask(
                        output, null, null, all, null, files.getJavaFileObjectsFromPaths(sources));
        assertThat(task.call()).as(output.toString()).isTrue();
    }

    // ---- adding it

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/ADDING.md"})
    void versionThatIsToBeAdded_isThatOfThePom(String page) throws IOException {
        String ours =
                found("pom.xml", "<artifactId>tarry</artifactId>\\s*<version>(.*?)</version>")
                        .get(0);
        List<String> named =
                found(page, "<artifactId>tarry-[a-z]+</artifactId>\\s*<version>(.*?)</version>");
        assertThat(named).as("for Maven").isNotEmpty().containsOnly(ours);
        named = found(page, "dev\\.tarry:tarry-[a-z]+:([^\"']*)[\"']");
        assertThat(named).as("for Gradle").isNotEmpty().containsOnly(ours);
    }

    @Test
    void commandThatInstalls_isOneEverywhere_andHasItsProfile() throws IOException {
        String command = found("README.md", INSTALL).get(0);
        for (String page : List.of("docs/ADDING.md", "pom.xml")) {
            assertThat(found(page, "(mvn [^\\n`]*install)\\b"))
                    .as(page)
                    .allMatch(c -> c.replace(" -q", "").equals(command.replace(" -q", "")));
        }
        String profile = found("README.md", Pattern.compile(INSTALL), 2).get(0);
        assertThat(found("pom.xml", "<profile>\\s*<id>(.*?)</id>")).contains(profile);
    }

    @Test
    void flags_areThoseOfOurOwnTests() throws IOException {
        String flags = found("pom.xml", "<tarry.jvmFlags>(.*?)</tarry.jvmFlags>").get(0);
        assertThat(found("docs/ADDING.md", "<argLine>(.*?)</argLine>")).containsExactly(flags);
        String quoted =
                String.join(
                        " ",
                        found("docs/ADDING.md", "tarryFlags = listOf\\(([^)]*)\\)")
                                .get(0)
                                .replaceAll("[\",]", " ")
                                .strip()
                                .split("\\s+"));
        assertThat(quoted).as("for Gradle").isEqualTo(flags);
        List<String> manifest =
                Arrays.stream(flags.split(" "))
                        .filter(f -> f.contains("="))
                        .map(f -> f.replaceAll("^--.*=", "").replaceAll("=.*", ""))
                        .toList();
        assertThat(found("docs/ADDING.md", "<(?:Add-Opens|Enable-Native-Access)>(.*?)</"))
                .containsExactlyInAnyOrderElementsOf(manifest);
    }

    @Test
    void linesForKotlin_areThoseThatAreTested() throws IOException {
        Path tested =
                root().resolve("tests/consumers/src/test/kotlin/dev/tarry/consumers/Scopes.kt");
        Pattern block = Pattern.compile("```kotlin\\n(import .*?)```", Pattern.DOTALL);
        assertThat(found("docs/ADDING.md", block, 1))
                .containsExactly(Files.readString(tested).replaceFirst("package .*\\n\\n", ""));
    }

    private static List<String> found(String page, String pattern) throws IOException {
        return found(page, Pattern.compile(pattern), 1);
    }

    /** What {@code pattern} finds in a file of the project: at least once. */
    private static List<String> found(String page, Pattern pattern, int group) throws IOException {
        String text = Files.readString(root().resolve(page));
        List<String> found = pattern.matcher(text).results().map(r -> r.group(group)).toList();
        assertThat(found).as(pattern + " in " + page).isNotEmpty();
        return found;
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("README.md"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
