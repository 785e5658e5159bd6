package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;

/** What {@code ./tarry} builds and starts, with a Maven and a JDK that only write down. */
@Timeout(60)
class LauncherTest {
    private record Result(int exit, String out, String err) {}

    @TempDir private Path root;

    private Path tools;
    private Path source;

    @BeforeEach
    void checkout() throws IOException {
        Path real = Path.of("").toAbsolutePath().getParent().getParent();
        tools = Files.createDirectories(root.resolve("tools/bin"));
        Files.createDirectories(root.resolve(".mvn"));
        Files.copy(real.resolve("tarry"), root.resolve("tarry"));
        Files.writeString(root.resolve("pom.xml"), "");
        for (String module : List.of("events", "scheduler", "runtime", "demos")) {
            Files.createDirectories(root.resolve(module + "/src/main"));
            Files.writeString(root.resolve(module + "/pom.xml"), "");
        }
        source = Files.writeString(root.resolve("events/src/main/Event.java"), "");
        script(root.resolve("tarry"), Files.readString(root.resolve("tarry")));
        script(root.resolve(".mvn/find-jdk"), "#!/bin/sh\necho " + root.resolve("tools") + "\n");
        // Prints the jar and its library, as they are at the start.
        script(
                tools.resolve("java"),
                """
                #!/bin/sh
                while [ "$1" != -cp ]; do shift; done
                echo "$(cat "$2") $(cat "$(dirname "$2")/lib/one.jar") $3 $4"
                """);
        maven("build 1", 0);
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Makes half of what it should if it fails. */
    private void maven(String made, int exit) throws IOException {
        script(
                tools.resolve("mvn"),
                """
                #!/bin/sh
                mkdir -p demos/target/lib
                echo '%s' >demos/target/lib/one.jar
                [ %d = 0 ] || { echo 'a mistake in line 7'; exit %d; }
                echo '%s' >demos/target/tarry-demos.jar
                """
                        .formatted(made, exit, exit, made));
    }

    private void change(Instant when) throws IOException {
        Files.setLastModifiedTime(source, FileTime.from(when));
    }

    private Result tarry(String... command) throws Exception {
        File out = Files.createTempFile("tarry", ".out").toFile();
        File err = Files.createTempFile("tarry", ".err").toFile();
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out).redirectError(err);
            builder.environment().merge("PATH", tools + ":", (path, mine) -> mine + path);
            int exit = builder.start().waitFor();
            return new Result(exit, Files.readString(out.toPath()), Files.readString(err.toPath()));
        } finally {
            Files.delete(out.toPath());
            Files.delete(err.toPath());
        }
    }

    private Result chat() throws Exception {
        return tarry(root.resolve("tarry").toString(), "chat");
    }

    private static String started(String build) {
        return build + " " + build + " dev.tarry.demos.Main chat\n";
    }

    @Test
    void missing_isBuilt_andFresh_isNot() throws Exception {
        Result first = chat();
        assertThat(first.out()).isEqualTo(started("build 1"));
        assertThat(first.err()).contains("Building Tarry");
        maven("build 2", 0);
        Result second = chat();
        assertThat(second.out()).isEqualTo(started("build 1"));
        assertThat(second.err()).isEmpty();
        change(Instant.now().plusSeconds(5));
        assertThat(chat().out()).isEqualTo(started("build 2"));
    }

    @Test
    void failingBuild_saysSo_andKeepsTheOneThatWorked() throws Exception {
        chat();
        Instant before = Instant.now();
        change(before.plusSeconds(5));
        maven("build 2", 1);
        for (int i = 0; i < 2; i++) {
            Result failed = chat();
            assertThat(failed.exit()).isEqualTo(1);
            assertThat(failed.out()).isEmpty();
            assertThat(failed.err())
                    .contains("a mistake in line 7")
                    .contains("The last build that worked is kept");
        }
        change(before.minusSeconds(3600)); // the change is taken back
        Result back = chat();
        assertThat(back.out()).isEqualTo(started("build 1"));
        assertThat(back.err()).isEmpty();
    }

    @Test
    void firstBuildFails_saysSo() throws Exception {
        maven("", 3);
        Result failed = chat();
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err()).contains("a mistake in line 7").contains("the build failed");
        assertThat(failed.err()).doesNotContain("is kept");
    }

    @Test
    void buildThatIsInterrupted_leavesTheOneThatWorked() throws Exception {
        chat();
        change(Instant.now().plusSeconds(5));
        script(
                tools.resolve("mvn"),
                "#!/bin/sh\nrm -rf demos/target/lib\nkill -INT $PPID\nexec sleep 60\n");
        assertThat(chat().exit()).isEqualTo(130);
        change(Instant.now().minusSeconds(3600));
        assertThat(chat().out()).isEqualTo(started("build 1"));
    }

    @Test
    void checkoutThatCannotBeWritten_isOneSentence_andAFreshBuildRuns() throws Exception {
        chat();
        String[] command = asSomebodyElse();
        assertThat(tarry(command).out()).isEqualTo(started("build 1"));
        change(Instant.now().plusSeconds(5));
        Result refused = tarry(command);
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err().lines().toList()).hasSize(1);
        assertThat(refused.err()).startsWith("tarry: ").contains("cannot be written");
    }

    /** Who may read and not write, which root always may. */
    private String[] asSomebodyElse() throws Exception {
        String tarry = root.resolve("tarry").toString();
        if (!"root".equals(System.getProperty("user.name"))) {
            tarry("chmod", "-R", "a-w", root.resolve(".mvn").toString());
            return new String[] {tarry, "chat"};
        }
        tarry("chmod", "-R", "a+rX,go-w", root.toString());
        String[] nobody = {
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", tarry, "chat"
        };
        assumeTrue(tarry("setpriv", "--version").exit() == 0, "setpriv is missing (util-linux)");
        return nobody;
    }
}
