package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Each public method that takes a user's code or object is in a place of {@link
 * FaultyCallbacksTest}, or it is said here why not. A new one has to be entered.
 */
class PublicCallbacksTest {

    /** Why there is no place for a method. */
    private enum Why {
        /** It is for users to implement; what it gets is the library's. */
        CALLED_BY_THE_LIBRARY,

        /** For whoever makes a loop or an event of their own, and calls all by themselves. */
        FOR_LOOPS_OF_THEIR_OWN,

        /** What it takes is kept and handed on, and no method of it is called. */
        ONLY_KEPT,

        /** What it takes is compared by identity, or followed by final fields. */
        ASKED_FOR_IDENTITY,

        /** The class can be extended, but what is called of it cannot. */
        ITS_METHODS_ARE_FINAL,

        /** What it calls, it calls for its caller, with nothing half done. */
        ON_THE_CALLERS_STACK,

        /** Of the test kit: the whole run is that of the user's code, and fails with it. */
        THE_RUN_IS_THE_TESTS
    }

    private static final Map<String, String> PLACES = new TreeMap<>();
    private static final Map<String, Why> REASONS = new TreeMap<>();

    private static void in(String place, String... signatures) {
        for (String signature : signatures) {
            PLACES.put(signature, place);
        }
    }

    private static void none(Why why, String... signatures) {
        for (String signature : signatures) {
            REASONS.put(signature, why);
        }
    }

    static {
        in(
                "waiter that is woken",
                "Acceptor.arm(Waiter)",
                "Acceptor.disarm(Waiter)",
                "Completion.arm(Waiter)",
                "Completion.disarm(Waiter)",
                "Deadline.arm(Waiter)",
                "Deadline.disarm(Waiter)",
                "ProcessExit.arm(Waiter)",
                "ProcessExit.disarm(Waiter)",
                "QueuedEvent.arm(Waiter)",
                "QueuedEvent.disarm(Waiter)",
                "ThreadEnd.arm(Waiter)",
                "ThreadEnd.disarm(Waiter)",
                "Ticker.arm(Waiter)",
                "Ticker.disarm(Waiter)");
        in(
                "reason of a cancel, toString",
                "CancelScope.cancel(Throwable)",
                "CancelScope.cancelHere(Throwable)");
        in("body of a shield", "CancelScope.shield(Callable)", "Scope.shielded(VoidScopeBody)");
        in("for each message", "Channel.forEach(Consumer)");
        in(
                "stage of another kind",
                "Completion.of(CompletionStage)",
                "Events.done(CompletionStage)");
        in(
                "listener of a future",
                "Completion.of(ListenableFuture)",
                "ListenableFutures.done(ListenableFuture)");
        in(
                "a collection to choose from",
                "Event.anyOf(Collection)",
                "Event.anyOf(Order, Collection)",
                "Events.anyOf(Collection)",
                "Events.anyOf(Order, Collection)");
        in(
                "event among others, POLL",
                "Event.anyOf(Event[])",
                "Events.anyOf(Event[])",
                "Tarry.wait(Event[])");
        in("guard", "Event.guard(Supplier)", "Events.guard(Supplier)");
        in("function of a mapped event", "Event.map(Function)");
        in("abort", "Event.withAbort(Runnable)");
        in("failure of an event, getMessage", "EventFailedException.new(Throwable)");
        in("thread that does not say how it is", "Events.end(Thread)");
        in("process, pid", "Events.exit(Process)", "ProcessExit.of(Process)");
        in(
                "handle of a process, pid",
                "Events.exit(ProcessHandle)",
                "ProcessExit.of(ProcessHandle)");
        in("path, toString", "Events.watch(Path)", "PathWatch.open(Reactor, Path)");
        in("whoever hears of descriptors", "Fd.onOpen(Consumer)");
        in(
                "code on the host's thread",
                "Guest.host(Body)",
                "Guest.host(Returning)",
                "GuestLoop.host(Callable)");
        in("executor of a guest", "Guest.on(Executor)", "Guest.on(Executor, Builder)");
        in("task of a guest", "Guest.submit(Body)", "Guest.submit(Returning)");
        in("what comes before the close of a guest", "GuestLoop.close(Runnable)");
        in("timer", "Reactor.cancel(Timer)", "Reactor.schedule(Timer, long)");
        in("companion", "Reactor.companion(Object, Class, Function)");
        in("held until the end", "Reactor.holding(AutoCloseable)");
        in("observer", "Reactor.observe(Consumer)", "Reactor.observed(Object)");
        in("posted", "Reactor.post(Runnable)", "Scheduler.post(Runnable)");
        in("clock, nanos", "Scheduler.Builder.clock(Clock)");
        in("poller, poll", "Scheduler.Builder.poller(Poller)");
        in("run queue, take", "Scheduler.Builder.runQueue(RunQueue)");
        in("end of a task", "Scheduler.spawn(String, CancelScope, Callable, Consumer)");
        in("body of a scope that returns", "Scope.call(ScopeBody)");
        in("body of a scope", "Scope.run(VoidScopeBody)");
        in("body of a shield that returns", "Scope.shield(ScopeBody)");
        in(
                "body of a task",
                "Scope.spawn(Body)",
                "Scope.spawn(String, Body)",
                "Tarry.spawn(Body)",
                "Tarry.spawn(String, Body)");
        in(
                "body of a task that returns",
                "Scope.spawn(Returning)",
                "Scope.spawn(String, Returning)",
                "Tarry.spawn(Returning)",
                "Tarry.spawn(String, Returning)");
        in("supervisor", "Scope.supervise(BiConsumer, VoidScopeBody)");
        in("body within a limit", "Scope.within(Duration, ScopeBody)");
        in("collection of signals", "SignalSubscription.open(Reactor, Collection)");
        in("section that returns", "Tarry.atomically(Section)", "Task.atomically(Section)");
        in("section", "Tarry.atomically(VoidSection)");
        in(
                "event, POLL",
                "Tarry.await(Event)",
                "Tarry.await(Event, Duration)",
                "Task.await(Event)",
                "Task.await(Event, Duration)");
        in("blocking", "Tarry.blocking(Body)", "Tarry.blocking(Returning)");
        in("late result", "Tarry.blockingAbandonable(Callable, LateResult)");
        in("main that returns", "Tarry.call(Callable)");
        in("main", "Tarry.run(Body)", "Tarry.run(Builder, Body)");
        in(
                "a collection",
                "Tarry.wait(Collection)",
                "Tarry.wait(Collection, Duration)",
                "Tarry.wait(Collection, Duration, Order)",
                "Task.await(Collection, Duration, Order)");
        in("task of a service", "TarryService.submit(Body)", "TarryService.submit(Returning)");
        in("failure of tasks, toString", "TaskFailedException.new(Task, Throwable)");
        in(
                "waiter to which is committed",
                "WaitQueue.commitFirst(Outcome)",
                "WaitQueue.committedFirst(Outcome)");
        none(
                Why.CALLED_BY_THE_LIBRARY,
                "BaseEvent.arm(Waiter)",
                "BaseEvent.disarm(Waiter)",
                "Clock.begun(Work)",
                "Clock.ended(Work)",
                "Clock.forgotten(Work)",
                "FaultyLibc.invoke(Object, Method, Object[])",
                "LateResult.accept(Object)",
                "Loop.post(Runnable)",
                "Poller.poll(long, Sink)",
                "RunQueue.add(Runnable)",
                "RunQueue.blocked(Task)",
                "ScriptedPoller.poll(long, Sink)",
                "VirtualClock.begun(Work)",
                "VirtualClock.ended(Work)",
                "VirtualClock.forgotten(Work)",
                "Waiter.commit(Outcome)");
        none(
                Why.ASKED_FOR_IDENTITY,
                "CancelScope.isWithin(CancelScope)",
                "FiredEvents.get(Event)",
                "FiredEvents.has(Event)",
                "FiredEvents.outcome(Event)",
                "Waiter.isOfSameWait(Waiter)");
        none(
                Why.ON_THE_CALLERS_STACK,
                "CancelScope.meaning(Throwable)",
                "FiredEvents.forEach(Consumer)",
                "WaitQueue.offeredFirst(Outcome)");
        none(
                Why.ONLY_KEPT,
                "Scheduler.Builder.random(RandomGenerator)",
                "CancelledException.new(CancelScope)",
                "Channel.send(Object)",
                "Channel.sending(Object)",
                "Channel.trySend(Object)",
                "Event.always(Object)",
                "Events.always(Object)",
                "Fired.new(Event, Outcome)",
                "Outcome.Failed.new(Throwable)",
                "Outcome.Value.new(Object)",
                "PathChange.new(Kind, Path)",
                "Reactor.released(AutoCloseable)",
                "RunQueue.taskOf(Runnable)",
                "ThreadEnd.of(Thread)",
                "Trigger.fire(Object)",
                "WaitQueue.add(Waiter)",
                "WaitQueue.dismissAllTo(Collection)",
                "WaitQueue.holdsOthers(Waiter)",
                "WaitQueue.remove(Waiter)",
                "Waiter.attach(Object)");
        none(
                Why.THE_RUN_IS_THE_TESTS,
                "Explorer.explore(int, Body)",
                "Explorer.exploreSome(int, Body)",
                "Explorer.prove(Body)",
                "Explorer.prove(int, Body)",
                "Explorer.replay(String, Body)",
                "FaultyLibc.new(Object)",
                "ScriptedPoller.new(Poller)",
                "Sequencer.step(int, Body)",
                "Simulation.Builder.order(RunQueue)",
                "Simulation.Builder.poller(Poller)",
                "Simulation.Builder.run(Body)",
                "Simulation.run(long, Body)",
                "Simulation.runTwice(long, Body)");
        none(
                Why.FOR_LOOPS_OF_THEIR_OWN,
                "GuestLoop.takeOver(Throwable)",
                "Offer.Taken.new(Waiter, Outcome)",
                "Offer.take(Waiter, Outcome)",
                "Reactor.new(Poller, Clock, Loop)",
                "WakeupGuard.new(Runnable)");
        none(
                Why.ITS_METHODS_ARE_FINAL,
                "Sockets.Accepted.new(Fd, InetSocketAddress)",
                "Sockets.connect(InetSocketAddress)",
                "Sockets.listen(InetSocketAddress, int)",
                "Sockets.text(InetSocketAddress)",
                "TcpListener.bind(InetSocketAddress)",
                "TcpStream.connect(InetSocketAddress)");
    }

    @Test
    void everyPublicMethodHasAPlaceOrAReason() {
        Set<String> unknown = PublicCallbacks.signatures();
        unknown.removeAll(PLACES.keySet());
        unknown.removeAll(REASONS.keySet());
        if (!unknown.isEmpty()) {
            fail(
                    "these take code or an object of a user's, and nobody tries what happens if"
                            + " that is faulty: "
                            + unknown
                            + ". Make a UserPlace for each, in TaskPlaces or SystemPlaces, and name"
                            + " it here; or say here why there is none.");
        }
    }

    @Test
    void everyEntryIsAboutAMethodThatIsThere() {
        Set<String> gone = new TreeSet<>(PLACES.keySet());
        gone.addAll(REASONS.keySet());
        gone.removeAll(PublicCallbacks.signatures());
        assertThat(gone).as("entries for methods that there are not any more").isEmpty();
    }

    @Test
    void everyEntryHasOneMeaning() {
        Set<String> both = new TreeSet<>(PLACES.keySet());
        both.retainAll(REASONS.keySet());
        assertThat(both).isEmpty();
    }

    @Test
    void everyPlaceThatIsNamedIsTried() {
        Set<String> tried =
                FaultyCallbacksTest.places().stream()
                        .map(UserPlace::name)
                        .collect(Collectors.toSet());
        assertThat(tried).containsAll(PLACES.values());
    }
}
