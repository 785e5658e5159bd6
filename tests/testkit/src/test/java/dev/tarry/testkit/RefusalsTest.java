package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.ErrnoException;
import dev.tarry.events.ExitStatus;
import dev.tarry.events.Fd;
import dev.tarry.events.PathChange;
import dev.tarry.events.Pipe;
import dev.tarry.events.ProcessExit;
import dev.tarry.events.Sockets;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.testkit.FaultyLibc.Fault;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * No descriptors, no memory: whatever call is refused, the program hears of it, with the errno;
 * nothing is left half built; the loop goes on, and the same program works once there is enough.
 */
@Timeout(120)
class RefusalsTest {
    private enum Program {
        TCP(RefusalsTest::tcp),
        OWN(RefusalsTest::own),
        BORROWED(RefusalsTest::borrowed),
        CHILD(RefusalsTest::child),
        REDIRECTED(RefusalsTest::redirected),
        EXIT(RefusalsTest::exit),
        PATH(RefusalsTest::path);

        private final Body body;

        Program(Body body) {
            this.body = body;
        }
    }

    private static void tcp() throws Exception {
        try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                TcpStream client = TcpStream.connect("127.0.0.1", listener.port());
                TcpStream server = listener.accept()) {
            client.writeLine("hello");
            assertThat(server.readLine()).isEqualTo("hello");
            assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
        }
    }

    private static void own() throws Exception {
        Fd[] pair = Sockets.pair();
        try (FdStream here = new FdStream(pair[0], pair[0]);
                FdStream there = new FdStream(pair[1], pair[1])) {
            Scope.run(
                    scope -> {
                        scope.spawn(() -> there.writeLine("hello"));
                        assertThat(here.readLine()).isEqualTo("hello");
                    });
        }
    }

    private static void borrowed() throws Exception {
        try (Pipe pipe = Pipe.open();
                Fd source = Fd.borrow(pipe.source().number());
                Fd sink = Fd.borrow(pipe.sink().number())) {
            var readable = source.readable();
            var writable = sink.writable();
            Scope.run(
                    scope -> {
                        scope.spawn(() -> pipe.sink().write(ByteBuffer.allocateDirect(1)));
                        while (Tarry.wait(readable, writable).get(readable).isEmpty()) {
                            Tarry.yieldNow();
                        }
                    });
        }
    }

    private static void child() throws Exception {
        try (Child cat = Child.start(new ProcessBuilder("cat"))) {
            cat.stdin().writeLine("hello");
            assertThat(cat.stdout().readLine()).isEqualTo("hello");
            cat.stdin().close();
            assertThat(cat.await()).isEqualTo(new ExitStatus.Exited(0));
        }
    }

    private static void redirected() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("sh", "-c", "echo hello; cat >&2")
                        .directory(new File("/"))
                        .redirectInput(new File("/dev/null"))
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        try (Child child = Child.startGroup(builder)) {
            assertThat(child.stdout().readLine()).isEqualTo("hello");
            assertThat(child.await()).isEqualTo(new ExitStatus.Exited(0));
        }
    }

    private static void exit() throws Exception {
        Process cat = new ProcessBuilder("cat").start();
        try (ProcessExit exit = ProcessExit.of(cat)) {
            cat.getOutputStream().close();
            assertThat(Tarry.await(exit)).isEqualTo(new ExitStatus.Exited(0));
        } finally {
            cat.destroyForcibly();
            cat.waitFor();
        }
    }

    private static void path() throws Exception {
        Path directory = Files.createTempDirectory("tarry-refusals");
        Path made = directory.resolve("made");
        try (var watch = Events.watch(directory)) {
            Files.createFile(made);
            PathChange change = Tarry.await(watch.changed());
            assertThat(change.kind()).isEqualTo(PathChange.Kind.CREATED);
        } finally {
            Files.deleteIfExists(made);
            Files.delete(directory);
        }
    }

    // ---- how they are run

    @BeforeAll
    static void load() {
        Tarry.run(() -> {});
    }

    @ParameterizedTest
    @EnumSource
    void eachCallRefusedAlone_isToldAndLeavesNothing(Program program) {
        int told = 0;
        for (int n = 1; ; n++) {
            int call = n;
            Refusal refusal = new Refusal();
            withoutLeaks(
                    () ->
                            refusal.during(
                                    FaultyLibc.injectOnce(call, Fault.RESOURCES), program.body));
            if (refusal.count == 0) {
                break;
            }
            told += refusal.told ? 1 : 0;
        }
        assertThat(told).as("calls whose refusal was told").isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void everyKthCallRefused_isToldAndLeavesNothing(Program program) {
        for (int k : List.of(2, 3, 7)) {
            everyKth(k, program, 5);
        }
    }

    @Tag("stress")
    @ParameterizedTest
    @EnumSource
    void everyKthCallRefused_forAllK(Program program) {
        for (int k = 2; k <= 20; k++) {
            everyKth(k, program, 20);
        }
    }

    private static void everyKth(int k, Program program, int times) {
        withoutLeaks(
                () -> {
                    var injection = FaultyLibc.injectEvery(k, Fault.RESOURCES);
                    Body manyTimes =
                            () -> {
                                for (int i = 0; i < times; i++) {
                                    new Refusal().toldBy(program.body);
                                }
                            };
                    new Refusal().during(injection, manyTimes);
                });
    }

    /** What a program made of the refusal. */
    private static final class Refusal {
        private int count;
        private boolean told;

        void during(FaultyLibc.Injection injection, Body body) throws Exception {
            try (injection) {
                toldBy(body);
                count = injection.count();
            }
            body.run(); // the same, in the same loop
        }

        void toldBy(Body body) throws Exception {
            try {
                body.run();
            } catch (Throwable t) {
                told = true;
                if (!isErrno(t)) {
                    throw new AssertionError("no errno", t);
                }
            }
        }

        private static boolean isErrno(Throwable t) {
            for (Throwable cause = t; cause != null; cause = cause.getCause()) {
                if (cause instanceof ErrnoException) {
                    return true;
                }
            }
            return false;
        }
    }

    private static void withoutLeaks(Body body) {
        OpenFiles before = OpenFiles.now();
        Tarry.run(
                () -> {
                    body.run();
                    Scheduler scheduler = Scheduler.current();
                    while (scheduler.tasks() > 1) {
                        Tarry.yieldNow();
                    }
                    assertThat(scheduler.reactor().registrations()).as("registrations").isZero();
                });
        assertThat(before.openedSince()).as("descriptors").isEmpty();
        assertThat(ProcessHandle.current().children()).as("children").isEmpty();
    }

    /** The loop itself needs some. */
    @Test
    void eachCallRefusedWhileALoopIsMade_isToldAndLeavesNothing() {
        int told = 0;
        for (int n = 1; ; n++) {
            OpenFiles before = OpenFiles.now();
            try (var injection = FaultyLibc.injectOnce(n, Fault.RESOURCES)) {
                try {
                    Tarry.run(() -> {});
                } catch (RuntimeException e) {
                    told++;
                    assertThat(Refusal.isErrno(e)).isTrue();
                }
                if (injection.count() == 0) {
                    break;
                }
            }
            assertThat(before.openedSince()).isEmpty();
        }
        assertThat(told).isGreaterThanOrEqualTo(3);
    }
}
