package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Outcome;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * One event of some {@link Kind}, not ready when made, and what a test can do to it.
 *
 * @param <R> what the event tells
 */
final class Subject<R> {
    private final Event<R> event;
    private final boolean isClaim;
    private Body fire = () -> {};
    private Body arrive = () -> {};
    private Consumer<? super R> check = value -> {};
    private @Nullable Body close;
    private boolean atOnce;

    private Subject(Event<R> event, boolean isClaim) {
        this.event = event;
        this.isClaim = isClaim;
    }

    // ---- how a kind describes it

    static <R> Subject<R> of(Event<R> event) {
        return new Subject<>(event, event instanceof BaseEvent<R> base && base.isClaim());
    }

    /** Of an event that is made of others, and takes something. */
    static <R> Subject<R> claim(Event<R> event) {
        return new Subject<>(event, true);
    }

    /** By which real means it becomes ready; need not have arrived when this returns. */
    Subject<R> firedBy(Body step) {
        fire = step;
        return this;
    }

    /**
     * {@link #firedBy}, where all has happened when the step returns, and no other task has run: a
     * parked waiter has the claim, and a poll finds the level.
     */
    Subject<R> firedAtOnceBy(Body step) {
        atOnce = true;
        return firedBy(step);
    }

    /** Returns when a wait that begins now must find it ready. */
    Subject<R> arrivedAfter(Body step) {
        arrive = step;
        return this;
    }

    /** Whether it tells the right thing. For a claim called once, when it was taken. */
    Subject<R> tells(Consumer<? super R> step) {
        check = step;
        return this;
    }

    Subject<R> closedBy(Body step) {
        close = step;
        return this;
    }

    // ---- what a test does with it

    Event<R> event() {
        return event;
    }

    boolean isClaim() {
        return isClaim;
    }

    boolean firesAtOnce() {
        return atOnce;
    }

    boolean isClosable() {
        return close != null;
    }

    void fire() throws Exception {
        fire.run();
    }

    void awaitArrival() throws Exception {
        arrive.run();
    }

    void close() throws Exception {
        assertThat(close).as("closable").isNotNull();
        close.run();
    }

    /** It fired, and tells the right thing. */
    void assertToldIn(FiredEvents<?> fired) {
        assertThat(fired.has(event)).as("%s fired in %s", event, fired).isTrue();
        assertThat(fired).anyMatch(one -> one.event() == event);
        assertThat(fired.outcome(event).orElseThrow()).isInstanceOf(Outcome.Value.class);
        check.accept(fired.get(event).orElseThrow());
    }

    void assertClosedIn(FiredEvents<?> fired) {
        assertThat(fired.outcome(event).orElseThrow()).isInstanceOf(Outcome.Closed.class);
    }

    /** Whatever happened before took nothing from it, and did not send anything through it. */
    void assertStillReady() {
        FiredEvents<?> alone = look();
        assertThat(alone).as("%s, which nobody has taken, waited for alone", event).hasSize(1);
        assertToldIn(alone);
    }

    void assertNotReady() {
        assertThat(look()).as("%s, waited for alone", event).isEmpty();
    }

    private FiredEvents<?> look() {
        FiredEvents<?> found = Tarry.wait(List.of(event), Duration.ZERO);
        for (int i = 1; i < Stage.looks && found.isEmpty(); i++) {
            found = Tarry.wait(List.of(event), Duration.ZERO);
        }
        return found;
    }
}
