package dev.tarry.runtime;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.Offer;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Waiter;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The wait of a task, or of a thread, on events of shared channels, taken apart: each step is what
 * other threads see as one, a turn under the channel's lock or the withdrawal of the offer. The
 * channel, its events and the offer are the real ones; a mistake can be made on purpose.
 */
final class SteppedWait {
    enum Mistake {
        NONE,
        /** Queues up without a look at what has come since the poll. */
        ARMS_BLINDLY,
        /** Looks, but queues up all the same, and wakes itself. */
        STAYS_QUEUED,
        /** Does not ask what the offer has brought. */
        FORGETS_WHAT_WAS_TAKEN
    }

    private enum Phase {
        POLLING,
        ARMING,
        PARKED,
        DISARMING,
        WITHDRAWING,
        DONE
    }

    private final List<Place> places = new ArrayList<>();
    private final Mistake mistake;

    private Phase phase = Phase.POLLING;
    private Offer offer = new Offer();
    private int next;
    private boolean wokenBySelf;
    private boolean woken;
    private boolean timedOut;
    private boolean cancelled;
    private @Nullable Place fired;
    private @Nullable Outcome<?> outcome;

    SteppedWait(List<? extends Event<?>> events, Mistake mistake) {
        for (Event<?> event : events) {
            places.add(new Place((Channel<?>.ChannelEvent<?>) event));
        }
        this.mistake = mistake;
    }

    // ---- what may happen to it

    boolean canStep() {
        return phase != Phase.DONE && (phase != Phase.PARKED || woken);
    }

    boolean isParked() {
        return phase == Phase.PARKED;
    }

    boolean isDone() {
        return phase == Phase.DONE;
    }

    /** The end of its time. A loop has it told while its task is parked, and not before. */
    void timeOut() {
        timedOut = true;
        woken = true;
    }

    /** As with the end of its time. */
    void cancel() {
        var unused = offer.withdraw();
        cancelled = true;
        woken = true;
    }

    /** Which event fired; -1 for none, after a cancel or the end of the time. */
    int fired() {
        return places.indexOf(fired);
    }

    @Nullable Outcome<?> outcome() {
        return outcome;
    }

    // ---- its steps

    void step() {
        switch (phase) {
            case POLLING -> poll();
            case ARMING -> arm();
            case PARKED, DISARMING -> disarm();
            case WITHDRAWING -> withdraw();
            case DONE -> throw new AssertionError();
        }
    }

    private void poll() {
        Place place = places.get(next++);
        Outcome<?> found = place.event.poll();
        if (found != null) {
            end(place, found);
        } else if (next == places.size()) {
            next = 0;
            phase = Phase.ARMING;
            woken = false;
            if (timedOut) {
                end(null, null);
            }
        }
    }

    private void arm() {
        if (next == 0) {
            offer = new Offer();
            wokenBySelf = false;
        }
        Place place = places.get(next++);
        arm(place);
        if (wokenBySelf) {
            phase = Phase.DISARMING;
        } else if (next == places.size()) {
            phase = Phase.PARKED;
        }
    }

    private void arm(Place place) {
        switch (mistake) {
            case ARMS_BLINDLY -> place.event.queue(place);
            case STAYS_QUEUED -> {
                wokenBySelf = place.event.isReadyFor(place);
                place.event.queue(place);
            }
            default -> place.event.arm(place);
        }
    }

    private void disarm() {
        phase = Phase.DISARMING;
        Place place = places.get(--next);
        place.event.disarm(place);
        if (next == 0) {
            phase = Phase.WITHDRAWING;
        }
    }

    private void withdraw() {
        Offer.Taken taken = offer.withdraw();
        if (taken != null && mistake != Mistake.FORGETS_WHAT_WAS_TAKEN) {
            end((Place) taken.place(), taken.claim());
        } else if (cancelled) {
            end(null, null);
        } else {
            phase = Phase.POLLING;
            next = 0;
        }
    }

    private void end(@Nullable Place place, @Nullable Outcome<?> how) {
        fired = place;
        outcome = how;
        phase = Phase.DONE;
    }

    @Override
    public String toString() {
        return phase + " " + places;
    }

    private final class Place extends Waiter {
        private final Channel<?>.ChannelEvent<?> event;

        Place(Channel<?>.ChannelEvent<?> event) {
            this.event = event;
        }

        private SteppedWait ofWait() {
            return SteppedWait.this;
        }

        @Override
        public void wake() {
            wokenBySelf = true;
        }

        @Override
        public void wakeFromAnywhere() {
            woken = true;
        }

        @Override
        public Offer offer() {
            return offer;
        }

        @Override
        public boolean isOfSameWait(Waiter other) {
            return other instanceof Place place && place.ofWait() == SteppedWait.this;
        }

        @Override
        public BaseEvent<?> event() {
            return event;
        }

        @Override
        public Reactor reactor() {
            throw new AssertionError();
        }

        @Override
        public boolean commit(Outcome<?> claim) {
            throw new AssertionError("not by way of its offer");
        }

        @Override
        public String toString() {
            return event.toString();
        }
    }
}
