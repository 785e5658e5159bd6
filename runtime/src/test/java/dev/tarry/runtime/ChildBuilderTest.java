package dev.tarry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;

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

    @Test
    void sameBuilderInSeveralTasksAtOnce_givesEachChildPipesOfItsOwn() {
        ProcessBuilder builder = new ProcessBuilder("cat");
        Tarry.run(
                () -> {
                    List<Task<String>> tasks = new ArrayList<>();
                    for (String line : List.of("one", "two", "three")) {
                        tasks.add(Tarry.spawn(() -> throughCat(builder, line)));
                    }
                    for (Task<String> task : tasks) {
                        var unused = Tarry.await(task.done());
                    }
                    assertThat(tasks.stream().map(Task::join))
                            .containsExactly("one", "two", "three");
                });
    }

    /** From the call on, the builder is the caller's again: it may be changed or shared. */
    @Test
    void builderChangedWhileAChildIsBeingStarted_changesTheNextOneOnly() {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "cat; echo $WHO; pwd");
        builder.environment().put("WHO", "first");
        builder.directory(new File("/usr"));
        Tarry.run(
                () -> {
                    Task<List<String>> first = Tarry.spawn(() -> outputOf(builder));
                    Tarry.yieldNow(); // it is being started
                    builder.command("false").directory(new File("/"));
                    builder.environment().put("WHO", "second");
                    builder.redirectInput(Redirect.INHERIT).redirectOutput(Redirect.DISCARD);
                    assertThat(first.join()).containsExactly("first", "/usr");
                });
    }

    @Test
    void start_leavesTheBuilderAsItWas() {
        ProcessBuilder builder = new ProcessBuilder("cat");
        Tarry.run(
                () -> {
                    Task<?> starting = Tarry.spawn(() -> throughCat(builder, "line"));
                    Tarry.yieldNow();
                    assertThat(builder.redirectInput()).isEqualTo(Redirect.PIPE);
                    assertThat(builder.redirectOutput()).isEqualTo(Redirect.PIPE);
                    assertThat(builder.redirectError()).isEqualTo(Redirect.PIPE);
                    assertThat(builder.command()).containsExactly("cat");
                    var unused = starting.join();
                });
    }

    private static List<String> outputOf(ProcessBuilder builder) throws IOException {
        try (Child child = Child.start(builder)) {
            child.stdin().close();
            List<String> lines = new ArrayList<>();
            for (String line; (line = child.stdout().readLine()) != null; ) {
                lines.add(line);
            }
            return lines;
        }
    }

    private static String throughCat(ProcessBuilder builder, String line) throws IOException {
        try (Child cat = Child.start(builder)) {
            cat.stdin().writeLine(line);
            cat.stdin().close();
            return cat.stdout().readLine();
        }
    }
}
