package dev.tarry.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What users can see is written down in docs/api.txt, so that each change of it is in a diff. */
class PublicApiTest {
    private static final String WRITE = "tarry.api";
    private static final String COMMAND =
            "mvn -pl tests/architecture -am test -Dtest=PublicApiTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Dtarry.api=write";

    private static final List<String> MODULES =
            List.of("events", "scheduler", "runtime", "tests/testkit");

    private static final Pattern EXPORTS = Pattern.compile("\\bexports\\s+([\\w.]+)\\s*;");

    @Test
    void publicApi_isWhatIsWrittenDown() throws IOException {
        Path file = root().resolve("docs/api.txt");
        List<String> now = PublicApi.of(exported());
        if ("write".equals(System.getProperty(WRITE))) {
            Files.write(file, now);
        }
        String changes = changes(Files.readAllLines(file), now);
        assertThat(changes)
                .as(
                        "the public API is not what docs/api.txt says. If it is meant to change,"
                                + " this writes the file:\n\n%s\n\nand the changes (- went, + came)"
                                + " belong into CHANGELOG.md",
                        COMMAND)
                .isEmpty();
    }

    @Test
    void changes_nameTheClass() {
        List<String> before = List.of("a.B: class", "    int f()", "    int g()", "a.C: class");
        List<String> after = List.of("a.B: class", "    int f()", "    long g()", "a.D: class");
        assertThat(changes(before, after).lines())
                .containsExactly(
                        "- a.B: int g()", "- a.C: class", "+ a.B: long g()", "+ a.D: class");
        assertThat(changes(before, before)).isEmpty();
    }

    /** Packages that a module exports to all. */
    private static Set<String> exported() throws IOException {
        Set<String> packages = new LinkedHashSet<>();
        for (String module : MODULES) {
            Path descriptor = root().resolve(module + "/src/main/java/module-info.java");
            List<String> found =
                    EXPORTS.matcher(Files.readString(descriptor))
                            .results()
                            .map(r -> r.group(1))
                            .toList();
            assertThat(found).as(module).isNotEmpty();
            packages.addAll(found);
        }
        return packages;
    }

    private static String changes(List<String> before, List<String> after) {
        Set<String> old = withClasses(before);
        Set<String> now = withClasses(after);
        return Stream.concat(
                        old.stream().filter(l -> !now.contains(l)).map("- "::concat),
                        now.stream().filter(l -> !old.contains(l)).map("+ "::concat))
                .collect(Collectors.joining("\n"));
    }

    /** Each line of a member with the name of its class. */
    private static Set<String> withClasses(List<String> lines) {
        Set<String> all = new LinkedHashSet<>();
        String type = "";
        for (String line : lines) {
            if (line.startsWith(" ")) {
                all.add(type + ": " + line.strip());
            } else {
                type = line.replaceFirst(":.*", "");
                all.add(line);
            }
        }
        return all;
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("README.md"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
