package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Service;

import dev.tarry.events.Backend;
import dev.tarry.events.Clock;
import dev.tarry.events.Fd;
import dev.tarry.events.PathChange;
import dev.tarry.events.PathWatch;
import dev.tarry.events.Pipe;
import dev.tarry.events.Poller;
import dev.tarry.events.ProcessExit;
import dev.tarry.events.Signal;
import dev.tarry.events.SignalSubscription;
import dev.tarry.events.Sockets;
import dev.tarry.integration.UserObjects.FaultyProcess;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Guest;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;
import dev.tarry.scheduler.GuestLoop;
import dev.tarry.scheduler.RunQueue;
import dev.tarry.scheduler.Scheduler;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Where users' code or objects meet the system, other loops, and the parts of a scheduler. */
final class SystemPlaces {
    private SystemPlaces() {}

    static List<UserPlace> all() {
        List<UserPlace> all = new ArrayList<>();
        all.addAll(processes());
        all.addAll(paths());
        all.addAll(descriptors());
        all.addAll(services());
        all.addAll(guests());
        all.addAll(parts());
        return all;
    }

    private static Duration moment() {
        return TaskPlaces.moment();
    }

    // ---- processes

    private static List<UserPlace> processes() {
        List<UserPlace> all = new ArrayList<>();
        for (String method : List.of("pid", "isAlive")) {
            all.add(
                    UserPlace.of(
                                    "process, " + method,
                                    c -> awaitExit(c, p -> new FaultyProcess(p, method, c), true))
                            .closing());
        }
        for (String method : List.of("toHandle", "onExit", "exitValue")) {
            all.add(
                    UserPlace.of(
                                    "process without a pidfd, " + method,
                                    c -> awaitExit(c, p -> new FaultyProcess(p, method, c), false))
                            .returning());
        }
        all.add(UserPlace.of("process that has ended, exitValue", SystemPlaces::exitValue));
        all.add(UserPlace.of("process that never says so", SystemPlaces::immortal));
        all.add(UserPlace.of("handle of a process, pid", c -> awaitExit(c, "pid", true)));
        all.add(
                UserPlace.of(
                                "handle of a process without a pidfd, onExit",
                                c -> awaitExit(c, "onExit", false))
                        .returning());
        all.add(UserPlace.of("command of a child", SystemPlaces::command).returning());
        return all;
    }

    private interface Likeness {
        Process of(Process real);
    }

    private static Process start() throws IOException {
        return new ProcessBuilder("sleep", "0.002").start();
    }

    private static void awaitExit(UserCode code, Likeness likeness, boolean pidfd)
            throws Exception {
        Process real = Tarry.blocking(SystemPlaces::start);
        Process faulty = likeness.of(real);
        code.closes(real::destroy);
        code.entersAgain(() -> ProcessExit.of(real).close());
        withPidfd(pidfd, () -> await(() -> ProcessExit.of(faulty)));
    }

    private static void awaitExit(UserCode code, String method, boolean pidfd) throws Exception {
        Process real = Tarry.blocking(SystemPlaces::start);
        ProcessHandle handle = UserObjects.like(ProcessHandle.class, real.toHandle(), method, code);
        withPidfd(pidfd, () -> await(() -> ProcessExit.of(handle)));
    }

    private static void await(Supplier<ProcessExit> exit) {
        try (ProcessExit ended = exit.get()) {
            Tarry.await(ended, Duration.ofMillis(100));
        }
    }

    private static void withPidfd(boolean pidfd, Body body) throws Exception {
        System.setProperty("tarry.pidfd", String.valueOf(pidfd));
        try {
            body.run();
        } finally {
            System.clearProperty("tarry.pidfd");
        }
    }

    /** Reaped before, so that only the JDK knows. */
    private static void exitValue(UserCode code) throws Exception {
        Process real = Tarry.blocking(SystemPlaces::start);
        Tarry.blocking(real::waitFor);
        Tarry.await(Events.exit(new FaultyProcess(real, "exitValue", code)), moment());
    }

    /** The kernel says that it has ended, and the object that it lives. */
    private static void immortal(UserCode code) throws Exception {
        Process real = Tarry.blocking(SystemPlaces::start);
        Process immortal =
                new FaultyProcess(real, "isAlive", code) {
                    @Override
                    public boolean isAlive() {
                        var unused = super.isAlive();
                        return true;
                    }
                };
        Tarry.blocking(real::waitFor);
        Tarry.await(Events.exit(immortal), moment());
    }

    private static void command(UserCode code) throws Exception {
        List<String> command =
                new AbstractList<>() {
                    @Override
                    public String get(int index) {
                        return code.or("true");
                    }

                    @Override
                    public int size() {
                        return 1;
                    }
                };
        try (Child child = Child.start(new ProcessBuilder(command))) {
            child.await();
        }
    }

    // ---- paths

    private static List<UserPlace> paths() {
        List<UserPlace> all = new ArrayList<>();
        for (String method : List.of("getFileSystem", "toString", "toAbsolutePath", "resolve")) {
            all.add(UserPlace.of("path, " + method, c -> watch(c, method)).returning().closing());
        }
        return all;
    }

    private static void watch(UserCode code, String method) throws Exception {
        Path folder = Files.createTempDirectory("faulty");
        try {
            Path faulty = UserObjects.like(Path.class, folder, method, code);
            try (PathWatch watch = Events.watch(faulty)) {
                code.closes(watch::close);
                code.entersAgain(() -> Events.watch(folder).close());
                Files.createFile(folder.resolve("file"));
                PathChange change = Tarry.await(watch.changed());
                assertThat(change.path().endsWith("file")).isTrue();
                if (!code.wasCalled()) {
                    code.run(); // not asked for that
                }
            }
        } finally {
            Files.deleteIfExists(folder.resolve("file"));
            Files.deleteIfExists(folder);
        }
    }

    // ---- descriptors and signals

    private static List<UserPlace> descriptors() {
        return List.of(
                UserPlace.of("whoever hears of descriptors", SystemPlaces::opening).closing(),
                UserPlace.of(
                                "collection of signals",
                                c -> {
                                    List<Signal> signals =
                                            new AbstractList<>() {
                                                @Override
                                                public Signal get(int index) {
                                                    return c.or(Signal.WINCH);
                                                }

                                                @Override
                                                public int size() {
                                                    return 1;
                                                }
                                            };
                                    SignalSubscription.open(Scheduler.current().reactor(), signals)
                                            .close();
                                })
                        .returning());
    }

    private static void opening(UserCode code) throws Exception {
        Thread own = Thread.currentThread();
        code.entersAgain(() -> Sockets.pair()[0].isOpen());
        Fd.onOpen(
                fd -> {
                    if (Thread.currentThread() == own) {
                        code.closes(fd::close);
                        code.entersAgain(
                                () -> {
                                    for (Fd end : Sockets.pair()) {
                                        end.close();
                                    }
                                });
                        code.run();
                    }
                });
        try {
            for (Fd end : Sockets.pair()) {
                end.close();
            }
            try (Pipe pipe = Pipe.open()) {
                assertThat(pipe).isNotNull();
            }
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                    TcpStream client = TcpStream.connect("127.0.0.1", listener.port());
                    TcpStream server = listener.accept()) {
                assertThat(client.isOpen() && server.isOpen()).isTrue();
            }
        } finally {
            Fd.onOpen(null);
        }
    }

    // ---- loops of their own

    private static List<UserPlace> services() {
        return List.of(
                UserPlace.of("main", c -> elsewhere(() -> Tarry.run(() -> asTask(c, c::run)))),
                UserPlace.of(
                                "main that returns",
                                c -> elsewhere(() -> Tarry.<@Nullable String>call(() -> c.or(""))))
                        .returning(),
                UserPlace.of("task of a service", c -> elsewhere(() -> submitted(c))).returning(),
                UserPlace.of(
                        "task that a task of a service starts",
                        c -> elsewhere(() -> startedBySubmitted(c))),
                UserPlace.of(
                        "what hangs on the future of a task", c -> elsewhere(() -> dependent(c))),
                UserPlace.of(
                        "listener of a service",
                        c -> elsewhere(() -> listened(c, Runnable::run, c))),
                UserPlace.of(
                        "executor of a listener",
                        c ->
                                elsewhere(
                                        () ->
                                                listened(
                                                        c,
                                                        action -> {
                                                            action.run();
                                                            c.run();
                                                        },
                                                        () -> {}))));
    }

    /** On a thread that may block. What it throws is thrown. */
    private static void elsewhere(Body body) throws Exception {
        Scope.shielded(
                s ->
                        Tarry.blocking(
                                () -> {
                                    body.run();
                                    return "";
                                }));
    }

    /** Those that cancel mean this task and no other. */
    private static void asTask(UserCode code, Runnable body) {
        Scope.run(
                scope -> {
                    code.isFor(scope);
                    body.run();
                });
    }

    private static void await(Future<?> future) throws Exception {
        try {
            future.get();
        } catch (ExecutionException e) {
            throw UserCode.<RuntimeException>sneaky(e.getCause());
        }
    }

    private static void submitted(UserCode code) throws Exception {
        try (TarryService service = Tarry.start()) {
            CompletableFuture<Boolean> bystander =
                    service.submit(
                            () -> {
                                Tarry.sleep(moment());
                                return true;
                            });
            code.entersAgain(() -> service.submit(() -> 1));
            var future =
                    service.submit(
                            () -> {
                                @Nullable String[] result = {""};
                                asTask(code, () -> result[0] = code.or(""));
                                return result[0];
                            });
            try {
                await(future);
            } finally {
                assertThat(bystander.get()).isTrue();
                assertThat(service.submit(() -> 1).get()).isEqualTo(1);
            }
        }
    }

    private static void startedBySubmitted(UserCode code) throws Exception {
        try (TarryService service = Tarry.start()) {
            CountDownLatch ended = new CountDownLatch(1);
            service.submit(
                            () ->
                                    Tarry.spawn(
                                            () -> {
                                                try {
                                                    asTask(code, code);
                                                } finally {
                                                    ended.countDown();
                                                }
                                            }))
                    .get();
            ended.await();
            assertThat(service.submit(() -> 1).get()).isEqualTo(1);
        }
    }

    private static void dependent(UserCode code) throws Exception {
        try (TarryService service = Tarry.start()) {
            CompletableFuture<Boolean> go = new CompletableFuture<>();
            CompletableFuture<String> task =
                    service.submit(() -> Tarry.await(Events.done(go)) + "");
            CompletableFuture<String> dependent =
                    task.thenApply(
                            value -> {
                                code.run();
                                return value;
                            });
            go.complete(true);
            try {
                await(dependent);
            } finally {
                assertThat(service.submit(() -> 1).get()).isEqualTo(1);
            }
        }
    }

    private static void listened(UserCode code, Executor executor, Runnable onRunning)
            throws Exception {
        TarryService service = new TarryService();
        CountDownLatch told = new CountDownLatch(1);
        service.service()
                .addListener(
                        new Service.Listener() {
                            @Override
                            public void running() {
                                try {
                                    onRunning.run();
                                } finally {
                                    told.countDown();
                                }
                            }
                        },
                        executor);
        try {
            service.start();
        } finally {
            service.service().awaitRunning();
            told.await();
            assertThat(service.submit(() -> 1).get()).isEqualTo(1);
            service.close();
        }
        assertThat(service.service().state()).isEqualTo(Service.State.TERMINATED);
    }

    // ---- guests

    private static List<UserPlace> guests() {
        return List.of(
                UserPlace.of("task of a guest", c -> elsewhere(() -> guest(c, false))).returning(),
                UserPlace.of("code on the host's thread", c -> elsewhere(() -> guest(c, true)))
                        .returning()
                        .closing(),
                UserPlace.of("executor of a guest", c -> elsewhere(() -> executor(c))),
                UserPlace.of(
                        "what comes before the close of a guest",
                        c -> elsewhere(() -> closedAfter(c))));
    }

    private static void guest(UserCode code, boolean onHost) throws Exception {
        try (QueueHost host = new QueueHost()) {
            Guest guest = host.call(() -> Guest.on(host));
            try {
                submitTo(guest, code, onHost);
            } finally {
                host.call(
                        () -> {
                            guest.close();
                            return true;
                        });
            }
        }
    }

    private static void submitTo(Guest guest, UserCode code, boolean onHost) throws Exception {
        var bystander =
                guest.submit(
                        () -> {
                            Tarry.sleep(moment());
                            return guest.<Boolean>host(() -> true);
                        });
        bystander.get();
        code.closes(guest::close);
        code.entersAgain(
                () -> {
                    if (onHost) {
                        guest.turn(Duration.ZERO);
                    } else {
                        guest.submit(() -> 1);
                    }
                });
        var future =
                guest.submit(
                        () -> {
                            @Nullable String[] result = {""};
                            asTask(
                                    code,
                                    () -> {
                                        try {
                                            result[0] =
                                                    onHost
                                                            ? guest.<@Nullable String>host(
                                                                    () -> code.or(""))
                                                            : code.or("");
                                        } catch (Exception e) {
                                            throw UserCode.<RuntimeException>sneaky(e);
                                        }
                                    });
                            return result[0];
                        });
        try {
            await(future);
        } catch (java.util.concurrent.CancellationException e) {
            // It was closed.
        }
        try {
            assertThat(guest.submit(() -> 1).get()).isEqualTo(1);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).hasMessageContaining("has stopped"); // it was closed
        }
    }

    /** After one turn or two the executor goes wrong; what was submitted hears of that. */
    private static void executor(UserCode code) throws Exception {
        try (QueueHost host = new QueueHost()) {
            boolean[] faulty = {false};
            Executor executor =
                    turn -> {
                        if (faulty[0]) {
                            faulty[0] = false;
                            code.entersAgain(() -> host.execute(turn));
                            code.run();
                        }
                        host.execute(turn);
                    };
            Guest guest = host.call(() -> Guest.on(executor));
            assertThat(guest.submit(() -> 1).get()).isEqualTo(1);
            faulty[0] = true;
            var future = guest.submit(() -> Tarry.sleep(moment()));
            try {
                await(future);
            } finally {
                host.call(
                        () -> {
                            guest.close();
                            return true;
                        });
            }
        }
    }

    private static void closedAfter(UserCode code) {
        GuestLoop loop = new GuestLoop(Scheduler.builder().build());
        code.entersAgain(loop::close);
        try {
            loop.close(code);
        } finally {
            loop.close();
            assertThat(loop.isClosed()).isTrue();
        }
    }

    // ---- the parts of a scheduler

    private static List<UserPlace> parts() {
        List<UserPlace> all = new ArrayList<>();
        for (String method : List.of("nanos", "idleUntil", "begun", "ended", "forgotten")) {
            all.add(
                    UserPlace.part(
                            "clock, " + method,
                            c ->
                                    Scheduler.builder()
                                            .clock(
                                                    UserObjects.like(
                                                            Clock.class,
                                                            Clock.system(),
                                                            method,
                                                            c.afterBegin())),
                            SystemPlaces::useAll));
        }
        for (String method : List.of("add", "take", "size", "blocked")) {
            UserPlace place =
                    UserPlace.part(
                            "run queue, " + method,
                            c ->
                                    Scheduler.builder()
                                            .runQueue(
                                                    UserObjects.like(
                                                            RunQueue.class,
                                                            RunQueue.seeded(1),
                                                            method,
                                                            c.afterBegin())),
                            SystemPlaces::useAll);
            all.add(
                    switch (method) {
                        case "take" -> place.returning();
                        case "blocked" -> place.onLoopOnly();
                        default -> place;
                    });
        }
        for (String method :
                List.of("addEdge", "addOneShot", "rearm", "remove", "poll", "wakeup", "close")) {
            all.add(
                    UserPlace.part(
                            "poller, " + method,
                            c ->
                                    Scheduler.builder()
                                            .poller(
                                                    UserObjects.likeButAfter(
                                                            Poller.class,
                                                            Backend.choose().open(),
                                                            method,
                                                            c.afterBegin())),
                            method.equals("close") ? c -> useEach() : SystemPlaces::useAll));
        }
        return all;
    }

    /** Some are called only if the loop is just asleep, or only just awake. */
    private static void useAll(UserCode code) throws Exception {
        for (int i = 0; i < 100 && !code.wasCalled(); i++) {
            useEach();
        }
    }

    /** Uses whatever a scheduler has parts for. */
    private static void useEach() throws Exception {
        Tarry.sleep(Duration.ofNanos(1));
        Tarry.yieldNow();
        Thread.sleep(1);
        Tarry.blocking(() -> "");
        Scope.run(
                s -> {
                    CompletableFuture<Boolean> begun = new CompletableFuture<>();
                    s.spawn(
                            () -> {
                                Tarry.await(Events.done(begun));
                                s.cancel();
                            });
                    Tarry.blockingAbandonable(
                            () -> {
                                begun.complete(true);
                                Thread.sleep(10_000); // it is interrupted
                                return "";
                            },
                            late -> {});
                });
        try (Pipe borrowed = Pipe.open();
                Pipe owned = Pipe.open()) {
            for (int i = 0; i < 2; i++) {
                Tarry.await(Events.readable(borrowed.source().number()), moment());
                Tarry.await(owned.source().readable(), moment());
            }
        }
        Channel<String> channel = Channel.shared(0);
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                channel.send("from outside");
                                sent.complete(true);
                            } catch (Throwable t) {
                                sent.completeExceptionally(t);
                            }
                        });
        try {
            assertThat(channel.receive()).isEqualTo("from outside");
            Tarry.await(Events.done(sent));
        } finally {
            channel.close();
        }
    }
}
