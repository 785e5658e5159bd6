package dev.tarry.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** Whatever users can see says what it is, and why it fails. */
class JavadocTest {
    /** What would often say the first sentence again. */
    private static final List<String> NOT_WANTED = List.of("no @param", "no @return");

    @Test
    void everyPublicElement_saysWhatItIs_andWhatItThrows(@TempDir Path output) throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("-Xdoclint:all", "-quiet", "-protected"));
        arguments.addAll(List.of("-Xmaxwarns", "10000", "-d", output.toString()));
        arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
        arguments.addAll(
                List.of(
                        "--snippet-path",
                        root().resolve("tests/integration/src/test/java").toString()));
        for (String module : List.of("events", "scheduler", "runtime", "tests/testkit")) {
            arguments.addAll(sources(module));
        }

        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said);
        ToolProvider.findFirst("javadoc")
                .orElseThrow()
                .run(writer, writer, arguments.toArray(new String[0]));

        List<String> lines = said.toString().lines().toList();
        assertThat(lines).as("it has looked").anyMatch(l -> l.contains("no @return"));
        assertThat(lines)
                .filteredOn(l -> l.contains("warning:") || l.contains("error:"))
                .filteredOn(l -> NOT_WANTED.stream().noneMatch(l::contains))
                .isEmpty();
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("README.md"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static List<String> sources(String module) throws IOException {
        try (Stream<Path> files = Files.walk(root().resolve(module + "/src/main/java"))) {
            return files.map(Path::toString)
                    .filter(f -> f.endsWith(".java"))
                    .filter(f -> !f.endsWith("module-info.java") && !f.contains("/libc/"))
                    .toList();
        }
    }
}
