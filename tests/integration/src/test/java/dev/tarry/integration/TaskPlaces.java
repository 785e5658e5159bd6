package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.AbstractFuture;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.EventFailedException;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.events.Trigger;
import dev.tarry.integration.UserObjects.FaultyEvent;
import dev.tarry.integration.UserObjects.FaultyFailure;
import dev.tarry.integration.UserObjects.FaultyList;
import dev.tarry.integration.UserObjects.FaultyWaiter;
import dev.tarry.integration.UserObjects.Part;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.guava.ListenableFutures;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

/** Where the library calls users' code in tasks, scopes and waits, or on the loop for them. */
final class TaskPlaces {
    private TaskPlaces() {}

    static List<UserPlace> all() {
        List<UserPlace> all = new ArrayList<>();
        all.addAll(bodies());
        all.addAll(scopes());
        all.addAll(onTheLoop());
        all.addAll(events());
        all.addAll(waiters());
        all.addAll(futures());
        all.addAll(failures());
        return all;
    }

    static Duration moment() {
        return Duration.ofMillis(1);
    }

    /** Throws what the event has failed with, as {@code get} would. */
    private static void orThrow(FiredEvents<?> fired) {
        for (var one : fired) {
            if (one.outcome() instanceof Outcome.Failed<?>(Throwable cause)) {
                throw new EventFailedException(cause);
            }
        }
    }

    // ---- code that a task runs

    private static List<UserPlace> bodies() {
        return List.of(
                UserPlace.of("body of a task", c -> Scope.run(s -> s.spawn(c::run))),
                UserPlace.of(
                                "body of a task that returns",
                                c -> Scope.run(s -> s.spawn(() -> c.or("")).join()))
                        .returning(),
                UserPlace.of("body of a scope", c -> Scope.run(s -> c.run())),
                UserPlace.of(
                                "body of a scope that returns",
                                c -> Scope.<@Nullable String, RuntimeException>call(s -> c.or("")))
                        .returning(),
                UserPlace.of("body of a shield", c -> Scope.shielded(s -> c.run())),
                UserPlace.of(
                                "body of a shield that returns",
                                c ->
                                        Scope.<@Nullable String, RuntimeException>shield(
                                                s -> c.or("")))
                        .returning(),
                UserPlace.of(
                                "body within a limit",
                                c ->
                                        Scope.<@Nullable String, RuntimeException>within(
                                                Duration.ofDays(1), s -> c.or("")))
                        .returning(),
                UserPlace.of(
                        "section",
                        c -> Tarry.atomically(c.entersAgain(() -> Tarry.atomically(c::run))::run)),
                UserPlace.of(
                                "section that returns",
                                c -> {
                                    Task.Section<@Nullable String, RuntimeException> section =
                                            () -> c.or("");
                                    Tarry.atomically(section);
                                })
                        .returning(),
                UserPlace.of("blocking", c -> Tarry.<@Nullable String>blocking(() -> c.or("")))
                        .returning(),
                UserPlace.of("code that is abandoned", TaskPlaces::abandoned),
                UserPlace.of("late result", TaskPlaces::lateResult),
                UserPlace.of(
                                "for each message",
                                c -> {
                                    Channel<Integer> channel = Channel.buffered(4);
                                    c.closes(channel::close);
                                    c.entersAgain(() -> channel.tryReceive().ifPresent(m -> {}));
                                    channel.send(1);
                                    channel.send(2);
                                    Tarry.spawn(
                                            () -> {
                                                Tarry.sleep(moment());
                                                channel.close();
                                            });
                                    channel.forEach(message -> c.run());
                                })
                        .closing());
    }

    private static void abandoned(UserCode code) throws Exception {
        Scope.run(
                s -> {
                    CountDownLatch begun = new CountDownLatch(1);
                    CountDownLatch ended = new CountDownLatch(1);
                    s.spawn(
                            () ->
                                    Tarry.blockingAbandonable(
                                            () -> {
                                                begun.countDown();
                                                try {
                                                    code.run();
                                                } finally {
                                                    ended.countDown();
                                                }
                                                return "";
                                            },
                                            result -> {}));
                    Tarry.<@Nullable Void>blocking(
                            () -> {
                                begun.await();
                                ended.await();
                                return null;
                            });
                });
    }

    /** It must come when nobody waits for it any more, and the next code finds a thread. */
    private static void lateResult(UserCode code) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch abandoned = new CountDownLatch(1);
        CountDownLatch late = new CountDownLatch(1);
        Task<?> task =
                Tarry.spawn(
                        () ->
                                Scope.run(
                                        s -> {
                                            s.spawn(
                                                    () -> {
                                                        Tarry.<@Nullable Void>blocking(
                                                                () -> {
                                                                    begun.await();
                                                                    return null;
                                                                });
                                                        s.cancel();
                                                    });
                                            Tarry.blockingAbandonable(
                                                    () -> {
                                                        begun.countDown();
                                                        awaitUninterrupted(abandoned);
                                                        return "";
                                                    },
                                                    result -> {
                                                        try {
                                                            code.run();
                                                        } finally {
                                                            late.countDown();
                                                        }
                                                    });
                                        }));
        Tarry.await(task.done());
        abandoned.countDown();
        Scope.shielded(
                s ->
                        Tarry.blocking(
                                () -> {
                                    late.await();
                                    return "";
                                }));
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // It ignores them.
            }
        }
    }

    // ---- who hears of failures and ends

    private static List<UserPlace> scopes() {
        return List.of(
                UserPlace.of(
                        "supervisor",
                        c -> Scope.supervise((task, e) -> c.run(), TaskPlaces::failing)),
                UserPlace.of(
                        "supervisor that rethrows",
                        c ->
                                Scope.supervise(
                                        (task, e) -> {
                                            throw UserCode.<RuntimeException>sneaky(e);
                                        },
                                        s -> s.spawn(c::run))),
                UserPlace.of(
                        "end of a task",
                        c -> {
                            Scheduler scheduler = Scheduler.current();
                            c.entersAgain(
                                    () ->
                                            scheduler.spawn(
                                                    "again", scheduler.root(), () -> "", t -> {}));
                            Task<String> task =
                                    scheduler.spawn("t", scheduler.root(), () -> "", t -> c.run());
                            Tarry.await(task.done());
                        }),
                UserPlace.of("body of a task of a scheduler", TaskPlaces::spawnedInOwnScope)
                        .returning());
    }

    /** Whose scope is that of a task, which ends before it. */
    private static void spawnedInOwnScope(UserCode code) {
        Scheduler scheduler = Scheduler.current();
        Task<?>[] inner = new Task<?>[1];
        Task<?> outer =
                scheduler.spawn(
                        "outer",
                        Scope.current(),
                        () -> {
                            inner[0] =
                                    scheduler.<@Nullable String>spawn(
                                            "inner",
                                            Task.current().scope(),
                                            () -> {
                                                Tarry.yieldNow();
                                                Tarry.yieldNow();
                                                return code.or("");
                                            },
                                            ended -> {});
                            return "";
                        },
                        ended -> {});
        Tarry.await(outer.done());
        Task<?> spawned = inner[0];
        assertThat(spawned).isNotNull();
        if (Tarry.await(spawned.done()) instanceof Outcome.Failed<?>(Throwable cause)) {
            throw UserCode.<RuntimeException>sneaky(cause);
        }
    }

    private static void failing(Scope scope) {
        scope.spawn(
                () -> {
                    throw new IllegalStateException("for the supervisor");
                });
    }

    // ---- what the loop calls

    private static List<UserPlace> onTheLoop() {
        return List.of(
                UserPlace.of(
                        "posted",
                        c -> {
                            Reactor reactor = Scheduler.current().reactor();
                            c.entersAgain(() -> reactor.post(c));
                            reactor.post(c);
                            Tarry.sleep(moment());
                        }),
                UserPlace.of("posted from outside", TaskPlaces::postedFromOutside),
                UserPlace.of("timer", TaskPlaces::timer),
                UserPlace.of("timer that is never late", TaskPlaces::timerAgainAndAgain),
                UserPlace.of("companion", TaskPlaces::companion).returning(),
                UserPlace.of("held until the end", TaskPlaces::held).closing(),
                UserPlace.of("observer", TaskPlaces::observer));
    }

    private static void postedFromOutside(UserCode code) throws InterruptedException {
        Reactor reactor = Scheduler.current().reactor();
        code.entersAgain(() -> reactor.post(code));
        Thread thread = Thread.ofPlatform().start(() -> reactor.post(code));
        while (thread.isAlive()) {
            Tarry.yieldNow();
        }
    }

    private static Timer timerOf(Runnable code) {
        return new Timer() {
            @Override
            protected void fire() {
                code.run();
            }
        };
    }

    /** Entered again, it is scheduled twice, which the second time is refused. */
    private static void timer(UserCode code) {
        Reactor reactor = Scheduler.current().reactor();
        Timer timer = timerOf(code);
        code.entersAgain(
                () -> {
                    reactor.schedule(timer, reactor.nanos());
                    reactor.schedule(timer, reactor.nanos());
                });
        reactor.schedule(timer, reactor.nanos());
        Tarry.sleep(moment());
        reactor.cancel(timer);
    }

    /** Entered again, it is due again at once. */
    private static void timerAgainAndAgain(UserCode code) {
        Reactor reactor = Scheduler.current().reactor();
        Timer[] timer = new Timer[1];
        timer[0] = timerOf(code);
        code.entersAgain(() -> reactor.schedule(timer[0], Long.MIN_VALUE / 2 + reactor.nanos()));
        reactor.schedule(timer[0], reactor.nanos());
        Tarry.sleep(moment());
        Tarry.sleep(moment());
        reactor.cancel(timer[0]);
    }

    /** There is one for each source, however it comes about. */
    private static void companion(UserCode code) {
        Reactor reactor = Scheduler.current().reactor();
        Object source = new Object();
        Object[] inner = new Object[1];
        code.entersAgain(
                () -> inner[0] = reactor.companion(source, Object.class, key -> new Object()));
        Object outer = reactor.companion(source, Object.class, key -> code.or(new Object()));
        assertThat(inner[0] == null || inner[0] == outer).isTrue();
    }

    private static void held(UserCode code) {
        Reactor reactor = Scheduler.current().reactor();
        code.closes(reactor::close);
        code.entersAgain(() -> reactor.holding(() -> {}));
        reactor.holding(code::run);
    }

    /** What was taken is not lost to whoever looks on. */
    private static void observer(UserCode code) {
        Reactor reactor = Scheduler.current().reactor();
        Channel<String> channel = Channel.buffered(2);
        code.entersAgain(() -> reactor.observed("again"));
        reactor.observe(told -> code.run());
        try {
            channel.send("one");
            assertThat(channel.receive()).isEqualTo("one");
            assertThat(Tarry.await(Events.after(moment()))).isNotNull();
            assertThat(Tarry.wait(List.of(Events.after(moment())))).hasSize(1);
        } finally {
            reactor.observe(told -> {});
        }
    }

    // ---- events

    private static List<UserPlace> events() {
        List<UserPlace> all = new ArrayList<>();
        for (Part part : Part.values()) {
            UserPlace alone =
                    UserPlace.of(
                            "event, " + part,
                            c -> {
                                FaultyEvent event = new FaultyEvent(part, c);
                                c.entersAgain(() -> Tarry.await(event, moment()));
                                Tarry.await(event, moment());
                                Scheduler.current().dump();
                                if (part == Part.TO_STRING || part == Part.WOKEN_ONLY_BY_TASKS) {
                                    c.run(); // asked only where it would tell anything
                                }
                            });
            UserPlace among =
                    UserPlace.of(
                            "event among others, " + part,
                            c -> {
                                orThrow(
                                        Tarry.wait(
                                                List.of(
                                                        Channel.rendezvous().receiving(),
                                                        new FaultyEvent(part, c),
                                                        Events.after(Duration.ofDays(1))),
                                                moment()));
                                if (part == Part.TO_STRING || part == Part.WOKEN_ONLY_BY_TASKS) {
                                    c.run();
                                }
                            });
            all.add(part == Part.TO_STRING ? alone.silently() : alone);
            all.add(among);
        }
        all.add(
                UserPlace.of(
                        "size of a collection",
                        c -> Tarry.wait(new FaultyList(c, true), moment())));
        all.add(
                UserPlace.of("a collection", c -> Tarry.wait(new FaultyList(c, false), moment()))
                        .returning());
        all.add(
                UserPlace.of(
                                "function of a mapped event",
                                c -> Tarry.await(Events.always("").map(value -> c.or(value))))
                        .returning());
        all.add(
                UserPlace.of("guard", c -> Tarry.await(Events.guard(() -> c.or(Events.always("")))))
                        .returning());
        all.add(
                UserPlace.of(
                        "abort",
                        c ->
                                Tarry.wait(
                                        Events.after(Duration.ofDays(1)).withAbort(c),
                                        Events.always(moment()))));
        all.add(
                UserPlace.of(
                                "a collection to choose from",
                                c -> Tarry.await(Events.anyOf(new FaultyList(c, false))))
                        .returning());
        all.add(UserPlace.of("dump", TaskPlaces::dump).silently().returning());
        return all;
    }

    private static void dump(UserCode code) {
        Task<?> waiting =
                Tarry.spawn(() -> Tarry.await(new FaultyEvent(Part.TO_STRING, code), moment()));
        Tarry.yieldNow();
        assertThat(Scheduler.current().dump()).contains("main");
        waiting.cancel();
    }

    // ---- waiters of users' own

    private static List<UserPlace> waiters() {
        return List.of(
                UserPlace.of("waiter that is woken", c -> woken(c, false)).closing(),
                UserPlace.of("waiter to which is committed", c -> woken(c, true)).closing());
    }

    /** One that a user has queued stands before a task. */
    private static void woken(UserCode code, boolean commit) {
        Trigger<String> trigger = Events.trigger();
        Channel<String> channel = Channel.rendezvous();
        BaseEvent<?> first = commit ? trigger : (BaseEvent<?>) channel.closed();
        FaultyWaiter waiter = new FaultyWaiter(first, code, commit);
        first.arm(waiter);
        Task<?> second =
                Tarry.spawn(
                        () -> {
                            if (commit) {
                                assertThat(Tarry.await(trigger)).isEqualTo("fired");
                            } else {
                                Tarry.await(channel.closed());
                            }
                        });
        Tarry.yieldNow();
        Tarry.yieldNow();
        if (commit) {
            trigger.fire("fired");
        } else {
            channel.close();
        }
        second.join();
    }

    // ---- futures and threads

    private static List<UserPlace> futures() {
        return List.of(
                UserPlace.of(
                                "stage",
                                c -> {
                                    CompletableFuture<String> stage =
                                            new CompletableFuture<>() {
                                                @Override
                                                public CompletableFuture<String>
                                                        toCompletableFuture() {
                                                    return c.or(super.toCompletableFuture());
                                                }
                                            };
                                    c.entersAgain(() -> Tarry.await(Events.done(stage), moment()));
                                    Tarry.await(Events.done(stage), moment());
                                })
                        .returning(),
                UserPlace.of(
                                "stage of another kind",
                                c -> {
                                    @SuppressWarnings("unchecked")
                                    CompletionStage<String> stage =
                                            UserObjects.like(
                                                    CompletionStage.class,
                                                    new CompletableFuture<String>(),
                                                    "toCompletableFuture",
                                                    c);
                                    Tarry.await(Events.done(stage), moment());
                                })
                        .returning(),
                UserPlace.of(
                        "listener of a future",
                        c -> Tarry.await(ListenableFutures.done(refusing(c)), moment())),
                UserPlace.of(
                                "state of a future",
                                c ->
                                        Tarry.await(
                                                ListenableFutures.done(
                                                        new AbstractFuture<String>() {
                                                            @Override
                                                            public State state() {
                                                                return c.or(super.state());
                                                            }
                                                        }),
                                                moment()))
                        .returning(),
                UserPlace.of(
                                "thread that does not say how it is",
                                c ->
                                        Tarry.await(
                                                Events.end(
                                                        new Thread() {
                                                            @Override
                                                            public State getState() {
                                                                return c.or(State.RUNNABLE);
                                                            }
                                                        }),
                                                moment()))
                        .returning());
    }

    private static AbstractFuture<String> refusing(UserCode code) {
        return new AbstractFuture<>() {
            @Override
            public void addListener(Runnable listener, Executor executor) {
                super.addListener(listener, executor);
                code.entersAgain(() -> super.addListener(listener, executor));
                code.run();
            }
        };
    }

    // ---- failures that cannot be told

    private static List<UserPlace> failures() {
        List<UserPlace> all = new ArrayList<>();
        for (String method : List.of("getMessage", "toString", "getCause")) {
            UserPlace cancel =
                    UserPlace.of(
                            "reason of a cancel, " + method,
                            c -> {
                                FaultyFailure reason = new FaultyFailure(c, method);
                                Scope.run(s -> s.cancel(reason));
                                c.run();
                            });
            UserPlace task =
                    UserPlace.of(
                            "failure of tasks, " + method,
                            c -> {
                                try {
                                    Scope.supervise((t, e) -> {}, s -> twoFailing(s, c, method));
                                    Scope.run(s -> twoFailing(s, c, method));
                                    throw new AssertionError("the failure is lost");
                                } catch (dev.tarry.scheduler.TaskFailedException e) {
                                    assertThat(e.getCause() instanceof FaultyFailure).isTrue();
                                }
                                c.run();
                            });
            UserPlace event =
                    UserPlace.of(
                            "failure of an event, " + method,
                            c -> {
                                var failed =
                                        CompletableFuture.failedFuture(
                                                new FaultyFailure(c, method));
                                try {
                                    Tarry.await(Events.done(failed)).get();
                                } catch (EventFailedException e) {
                                    Throwable[] cause = new Throwable[1];
                                    cause[0] = e.getCause();
                                    assertThat(cause[0] instanceof FaultyFailure).isTrue();
                                    c.run();
                                    return;
                                }
                                throw new AssertionError("the failure is lost");
                            });
            for (UserPlace place : List.of(cancel, task, event)) {
                all.add(place.returning().silently());
            }
        }
        return all;
    }

    private static void twoFailing(Scope scope, UserCode code, String method) {
        for (int i = 0; i < 2; i++) {
            scope.spawn(
                    () -> {
                        throw new FaultyFailure(code, method);
                    });
        }
    }
}
