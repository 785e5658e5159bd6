package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Event;
import dev.tarry.events.ExitStatus;
import dev.tarry.events.Fd;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Outcome;
import dev.tarry.events.Pipe;
import dev.tarry.events.Readiness;
import dev.tarry.events.Signal;
import dev.tarry.events.Trigger;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** What comes from outside, played by tasks: triggers, signals, children, pipes, a network. */
@Timeout(300)
class OutsideSemanticsTest {
    @Seeded
    void triggersFiredByMany_eachValueGoesToOneInOrder(Simulation simulation) {
        Random random = simulation.random();
        List<Trigger<Integer>> triggers = List.of(Events.trigger(), Events.trigger());
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        Scope.run(
                scope -> {
                    for (int i = 0; i < 2; i++) {
                        Trigger<Integer> mine = triggers.get(i);
                        int base = i * 100;
                        scope.spawn(
                                () -> {
                                    for (int k = 0; k < 5; k++) {
                                        assertThat(mine.fire(base + k)).isTrue();
                                        Tarry.sleep(Duration.ofMillis(random.nextInt(2)));
                                    }
                                });
                    }
                    scope.spawn(() -> takeAll(triggers, first));
                    scope.spawn(() -> takeAll(triggers, second));
                });
        for (List<Integer> taken : List.of(first, second)) {
            assertThat(taken.stream().filter(v -> v < 100)).isSorted();
            assertThat(taken.stream().filter(v -> v >= 100)).isSorted();
        }
        first.addAll(second);
        assertThat(first).hasSize(10).doesNotHaveDuplicates();
    }

    private static void takeAll(List<Trigger<Integer>> triggers, List<Integer> taken) {
        while (true) {
            FiredEvents<?> fired = Tarry.wait(triggers, Duration.ofSeconds(1));
            if (fired.isEmpty()) {
                return;
            }
            assertThat(fired).hasSize(1);
            taken.add((Integer) fired.first().get());
        }
    }

    /** The main task of a supervisor: a child that ends, signals, ticks, in one wait. */
    @Seeded
    void aChildAndItsSignals_noneIsMissed(Simulation simulation) {
        Random random = simulation.random();
        CompletableFuture<ExitStatus> end = new CompletableFuture<>();
        Trigger<Signal> signals = Events.trigger();
        int sent = random.nextInt(6);
        Tarry.spawn(
                () -> {
                    for (int i = 0; i < sent; i++) {
                        Tarry.sleep(Duration.ofMillis(random.nextInt(3)));
                        signals.fire(Signal.HUP);
                    }
                    Tarry.sleep(Duration.ofMillis(random.nextInt(3)));
                    end.complete(new ExitStatus.Exited(3));
                });
        Event<ExitStatus> exit = Events.done(end).map(Outcome::get);
        Event<?> ticks = Events.every(Duration.ofMillis(2));
        int received = 0;
        FiredEvents<?> fired;
        do {
            fired = Tarry.wait(List.of(signals, exit, ticks), Duration.ofSeconds(1));
            received += fired.has(signals) ? 1 : 0;
        } while (!fired.has(exit));
        while (Tarry.await(signals, Duration.ZERO).isPresent()) {
            received++;
        }
        assertThat(fired.get(exit)).contains(new ExitStatus.Exited(3));
        assertThat(received).isEqualTo(sent);
    }

    @Seeded
    void linesOverAMemoryNetwork_comeInOrderOrNotAtAll(Simulation simulation) throws IOException {
        Random random = simulation.random();
        MemoryNetwork network = new MemoryNetwork(Scope.current(), simulation.seed());
        network.latency(Duration.ZERO, Duration.ofMillis(2));
        boolean cut = random.nextInt(4) == 0;
        try (var server = network.listen("s")) {
            Task<Integer> reader = Tarry.spawn(() -> readAll(server));
            try (var stream = network.connect("s")) {
                for (int i = 0; i < 3; i++) {
                    stream.writeLine("line " + i);
                }
                if (cut) {
                    Tarry.sleep(Duration.ofMillis(random.nextInt(4)));
                    network.cut();
                }
                stream.closeOutput();
                assertThat(reader.join()).isBetween(cut ? 0 : 3, 3);
            }
        }
    }

    private static int readAll(MemoryNetwork.Listener server) throws IOException {
        int lines = 0;
        try (var stream = server.accept()) {
            for (String line; (line = stream.readLine()) != null && !line.isEmpty(); ) {
                assertThat("line " + lines).startsWith(line); // the cut may come within a line
                lines++;
            }
        }
        return lines;
    }

    /**
     * A pipe under a poller that reports late, too often, and what is not so. Not a {@link Seeded},
     * since the poller belongs to the simulation.
     */
    @Test
    @Tag("deterministic")
    void linesFromAPipeWithALyingPoller_allCome() {
        long seeds = Long.getLong("tarry.seeds", 10_000);
        for (long seed = 1; seed <= seeds; seed++) {
            long s = seed;
            Simulation.runTwice(() -> simulation(s), () -> readLines(s));
        }
    }

    private static Simulation.Builder simulation(long seed) {
        poller = new ScriptedPoller();
        return Simulation.builder().seed(seed).poller(poller);
    }

    private static ScriptedPoller poller; // of the run that is made

    private static void readLines(long seed) throws IOException {
        Random random = new Random(seed);
        poller.returnEarly(random.nextInt(3));
        try (Pipe pipe = Pipe.open()) {
            Task<?> liar = Tarry.spawn(() -> lie(poller, pipe, random));
            Tarry.spawn(() -> write(pipe.sink(), random));
            FdStream stream = new FdStream(pipe.source(), null);
            for (int i = 0; i < 3; i++) {
                assertThat(stream.readLine()).isEqualTo("line " + i);
            }
            liar.cancel();
        }
    }

    private static void write(Fd sink, Random random) throws IOException {
        for (int i = 0; i < 3; i++) {
            for (byte b : ("line " + i + "\n").getBytes()) {
                sink.write(ByteBuffer.allocateDirect(1).put(b).flip());
                if (random.nextInt(4) == 0) {
                    Tarry.sleep(Duration.ofMillis(random.nextInt(2)));
                }
            }
        }
    }

    /** Now and then says what may be so: an edge that is true comes sooner or later. */
    private static void lie(ScriptedPoller poller, Pipe pipe, Random random) {
        while (true) {
            Tarry.sleep(Duration.ofMillis(1));
            int number = (random.nextInt(4) == 0 ? pipe.sink() : pipe.source()).number();
            poller.report(number, random.nextBoolean() ? Readiness.READ : Readiness.WRITE);
            if (random.nextInt(8) == 0) {
                poller.reportStale(Readiness.READ);
            }
        }
    }
}
