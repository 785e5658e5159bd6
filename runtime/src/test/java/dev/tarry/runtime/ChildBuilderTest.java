package dev.tarry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;

@Timeout(60)
class ChildBuilderTest {
    @Test
    void sameBuilderTwice_givesEachChildPipesOfItsOwn() {
        ProcessBuilder builder = new ProcessBuilder("cat");
        Tarry.run(
                () -> {
                    assertThat(throughCat(builder, "one")).isEqualTo("one");
                    assertThat(throughCat(builder, "two")).isEqualTo("two");
                });
    }

    private static String throughCat(ProcessBuilder builder, String line) throws IOException {
        try (Child cat = Child.start(builder)) {
            cat.stdin().writeLine(line);
            cat.stdin().close();
            return cat.stdout().readLine();
        }
    }
}
