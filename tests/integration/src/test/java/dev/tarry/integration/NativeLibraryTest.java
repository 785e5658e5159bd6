package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The native library of jffi on systems that do not let it be unpacked. */
@Timeout(120)
class NativeLibraryTest {
    /** Neither root nor anybody else can make a file there. */
    private static final String NOWHERE = "/proc/nowhere";

    private static final String LIBRARY = "libjffi-1.2.so";

    @Test
    void noFolderToWriteInto_isOneSentenceThatSaysWhatToSet() throws Exception {
        isOneSentence(hello("cd /proc", "-Djava.io.tmpdir=" + NOWHERE));
    }

    @Test
    void folderThatIsMountedNoexec_isTheSameSentence(@TempDir Path dir) throws Exception {
        assumeTrue(ChildJvm.run(List.of("unshare", "-m", "true")).exit() == 0, "no unshare -m");
        List<String> command = new ArrayList<>(List.of("unshare", "-m"));
        command.addAll(
                inShell(
                        "mount -t tmpfs -o noexec tmpfs '" + dir + "' && cd '" + dir + "'",
                        "-Djava.io.tmpdir=" + dir));
        isOneSentence(ChildJvm.run(command));
    }

    @Test
    void libraryThatWasTakenOutOfItsJar_needsNoFolder(@TempDir Path dir) throws Exception {
        String platform = System.getProperty("os.arch").replace("amd64", "x86_64") + "-Linux";
        try (InputStream library =
                ClassLoader.getSystemResourceAsStream("jni/" + platform + "/" + LIBRARY)) {
            Files.copy(library, dir.resolve(LIBRARY));
        }
        ChildJvm.Result result =
                hello("cd /proc", "-Djava.io.tmpdir=" + NOWHERE, "-Djffi.boot.library.path=" + dir);
        assertThat(result.out()).isEqualTo("hello on loop\n".repeat(3));
        assertThat(result.exit()).isZero();
    }

    private static ChildJvm.Result hello(String before, String... options) throws Exception {
        return ChildJvm.run(inShell(before, options));
    }

    private static List<String> inShell(String before, String... options) {
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", before + " && exec \"$@\"", "sh"));
        List<String> all = new ArrayList<>(ChildJvm.FLAGS);
        all.addAll(List.of(options));
        command.addAll(ChildJvm.command(all, Hello.class));
        return command;
    }

    private static void isOneSentence(ChildJvm.Result result) {
        assertThat(result.exit()).isNotZero();
        assertThat(result.err())
                .containsOnlyOnce("cannot load its native library")
                .containsOnlyOnce("-Djava.io.tmpdir=")
                .containsOnlyOnce("-Djffi.boot.library.path=")
                .containsOnlyOnce("noexec")
                .doesNotContain("Caused by", "at com.kenai", "at jnr.");
    }
}
