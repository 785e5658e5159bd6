package dev.tarry.integration.regress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.ExitStatus;
import dev.tarry.events.Outcome;
import dev.tarry.events.Signal;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;

/** Ends of children, in the moments in which they are hard to see. */
@Timeout(60)
class ProcessEndTest {

    @Test
    void childReapedBeforeItsStatusIsPublished_hasEndedAllTheSame() {
        Tarry.run(
                () -> {
                    for (int i = 0; i < 200; i++) {
                        Process process = Tarry.blocking(() -> new ProcessBuilder("true").start());
                        spin(i * 5_000L); // each time a little later
                        var event = Events.exit(process);
                        assertThat(Tarry.wait(event).first().outcome())
                                .isEqualTo(new Outcome.Value<>(new ExitStatus.Exited(0)));
                    }
                });
    }

    @Test
    void builderOfAChild_startsAnotherOne() {
        Tarry.run(
                () -> {
                    ProcessBuilder builder = new ProcessBuilder("cat");
                    for (String line : List.of("first", "second")) {
                        try (Child child = Child.start(builder)) {
                            child.stdin().writeLine(line);
                            assertThat(child.stdout().readLine()).isEqualTo(line);
                        }
                    }
                });
    }

    @Test
    void endOfAChildThatWasClosed_isKnown() {
        Tarry.run(
                () -> {
                    Child child = Child.start(new ProcessBuilder("sleep", "1000"));
                    child.close();
                    assertThat(child.await()).isEqualTo(new ExitStatus.Killed(Signal.TERM));
                });
    }

    private static void spin(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }
}
