package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.tarry.events.Fd;
import dev.tarry.events.Pipe;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Leaks of a simulation are what its own tasks left open, whatever else the process opens. */
@Timeout(60)
class LeaksTest {
    private static final String PARALLEL = "junit.jupiter.execution.parallel.";
    private static final String HERE =
            "opened at .*" + LeaksTest.class.getSimpleName() + "[.]lambda.*";
    private static final AtomicInteger OPENED = new AtomicInteger();
    private static final CountDownLatch PURE_RUNS = new CountDownLatch(4); // two tests, run twice
    private static final List<Fd> LEAKED = new ArrayList<>();
    private static volatile long end;

    /** Run by the test below only: plain tests, and a loop that is not simulated, with sockets. */
    @Execution(ExecutionMode.CONCURRENT)
    static class Examples {
        @Test
        void socketsOfTheJdk() throws Exception {
            List<AutoCloseable> open = new ArrayList<>();
            try (ServerSocket server = new ServerSocket(0)) {
                while (isNoiseNeeded()) {
                    open.add(new Socket(server.getInetAddress(), server.getLocalPort()));
                    open.add(server.accept());
                    OPENED.incrementAndGet();
                    closeHalf(open);
                }
            } finally {
                closeAll(open);
            }
        }

        @Test
        void socketsOfAnotherLoop() {
            Tarry.run(
                    () -> {
                        List<AutoCloseable> open = new ArrayList<>();
                        while (isNoiseNeeded()) {
                            open.addAll(List.of(Sockets.pair()));
                            OPENED.incrementAndGet();
                            closeHalf(open);
                            Tarry.yieldNow();
                        }
                        closeAll(open);
                    });
        }

        private static void closeHalf(List<AutoCloseable> open) throws Exception {
            if (open.size() > 200) {
                closeAll(open.subList(0, 100));
            }
        }

        private static void closeAll(List<AutoCloseable> open) throws Exception {
            for (AutoCloseable socket : open) {
                socket.close();
            }
            open.clear();
        }

        @TarryTest(seeds = 50)
        void pure() throws Exception {
            whileSocketsAreOpened();
        }

        @TarryTest(seeds = 50)
        void pureWithSocketsOfItsOwn() throws Exception {
            Fd[] pair = Sockets.pair();
            try (var a = pair[0];
                    var b = pair[1]) {
                whileSocketsAreOpened();
            }
        }

        @TarryTest(seeds = 50)
        void leaksWithSeed3(Simulation simulation) throws Exception {
            if (simulation.seed() == 3) {
                LEAKED.addAll(List.of(Sockets.pair()));
            }
        }

        /** Until the pure tests have ended; but not for ever, if one has failed. */
        private static boolean isNoiseNeeded() {
            return PURE_RUNS.getCount() > 0 && System.nanoTime() - end < 0;
        }

        /** Holds this loop until the others have opened some more. */
        private static void whileSocketsAreOpened() {
            int before = OPENED.get();
            while (OPENED.get() < before + 2 && isNoiseNeeded()) {
                Thread.onSpinWait();
            }
            if (Simulation.current().seed() == 50) {
                PURE_RUNS.countDown();
            }
        }
    }

    private static Map<String, TestExecutionResult> runInParallel(Class<?> type) {
        Map<String, TestExecutionResult> results = new ConcurrentHashMap<>();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(type))
                                .configurationParameter(PARALLEL + "enabled", "true")
                                .configurationParameter(PARALLEL + "mode.default", "concurrent")
                                .configurationParameter(PARALLEL + "config.strategy", "fixed")
                                .configurationParameter(PARALLEL + "config.fixed.parallelism", "5")
                                .build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(
                                    TestIdentifier id, TestExecutionResult result) {
                                if (id.isTest()) {
                                    results.put(id.getDisplayName(), result);
                                }
                            }
                        });
        return results;
    }

    @Test
    void noisyTestsBesidePureOnes_failNone_butARealLeakIsFound() {
        end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        Map<String, TestExecutionResult> results = runInParallel(Examples.class);
        LEAKED.forEach(Fd::close);
        TestExecutionResult leak = results.remove("leaksWithSeed3(Simulation)");
        assertThat(results.keySet())
                .containsExactlyInAnyOrder(
                        "socketsOfTheJdk()",
                        "socketsOfAnotherLoop()",
                        "pure()",
                        "pureWithSocketsOfItsOwn()");
        assertThat(results.values())
                .allSatisfy(r -> assertThat(r.getThrowable()).as("" + r).isEmpty());
        String line = "open: socket fd \\d+, opened at .*Examples.leaksWithSeed3.*\n";
        assertThat(leak.getThrowable().orElseThrow())
                .hasMessageStartingWith("with seed 3, ")
                .hasCauseInstanceOf(LeakException.class)
                .cause()
                .hasMessageMatching(
                        "the program has ended and left behind:\n" + line + line.strip());
    }

    private static List<String> leaks(Body body) {
        try {
            var unused = Simulation.run(1, body);
            return List.of();
        } catch (SimulationFailedError e) {
            assertThat(e).hasCauseInstanceOf(LeakException.class);
            return e.getCause().getMessage().lines().skip(1).toList();
        } finally {
            TO_CLOSE.forEach(LeaksTest::close);
            TO_CLOSE.clear();
        }
    }

    private static final List<AutoCloseable> TO_CLOSE = new ArrayList<>();

    private static void close(AutoCloseable what) {
        try {
            what.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aListenerAndItsConnections_areNamed_withWhereTheyWereOpened() {
        List<String> leaks =
                leaks(
                        () -> {
                            var listener = TcpListener.bind("127.0.0.1", 0);
                            TO_CLOSE.add(listener);
                            var accepted = Tarry.spawn(listener::accept);
                            TO_CLOSE.add(TcpStream.connect("127.0.0.1", listener.port()));
                            TO_CLOSE.add(accepted.join());
                        });
        assertThat(leaks)
                .hasSize(3)
                .anyMatch(l -> l.matches("open: fd \\d+, listener 127.0.0.1:\\d+, " + HERE))
                .anyMatch(l -> l.matches("open: fd \\d+, connection to 127.0.0.1:\\d+, " + HERE))
                .anyMatch(l -> l.matches("open: fd \\d+, connection from 127.0.0.1:\\d+.*"));
    }

    @Test
    void pipesAndTheNetworkOfTheKit_areNamed_withWhereTheyWereOpened() {
        List<String> leaks =
                leaks(
                        () -> {
                            TO_CLOSE.add(Pipe.open());
                            var network = new MemoryNetwork(Scope.current(), 1);
                            var server = network.listen("name");
                            var accepted = Tarry.spawn(server::accept);
                            TO_CLOSE.add(network.connect("name"));
                            accepted.join().close();
                        });
        assertThat(leaks)
                .anyMatch(l -> l.matches("open: pipe source fd \\d+, " + HERE))
                .anyMatch(l -> l.matches("open: pipe sink fd \\d+, " + HERE))
                .anyMatch(l -> l.matches("open: socket fd \\d+, " + HERE));
    }

    @Test
    void aNumberThatWasClosedThroughAnotherHandle_isNoLeak() {
        assertThat(
                        leaks(
                                () -> {
                                    for (int i = 0; i < 1000; i++) {
                                        for (Fd fd : Sockets.pair()) {
                                            Fd.own(fd.number()).close();
                                        }
                                    }
                                }))
                .isEmpty();
    }

    /** However many others had its number, and were closed. */
    @Test
    void oneOfAThousand_isFound() {
        assertThat(
                        leaks(
                                () -> {
                                    for (int i = 0; i < 500; i++) {
                                        for (Fd fd : Sockets.pair()) {
                                            if (i == 100) {
                                                TO_CLOSE.add(fd);
                                            } else {
                                                fd.close();
                                            }
                                        }
                                    }
                                }))
                .hasSize(2);
    }
}
