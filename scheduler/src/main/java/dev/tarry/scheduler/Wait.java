package dev.tarry.scheduler;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Offer;
import dev.tarry.events.Order;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.Timer;
import dev.tarry.events.Waiter;
import dev.tarry.events.internal.Combined;
import dev.tarry.events.internal.Headroom;
import dev.tarry.events.internal.Misfire;
import dev.tarry.events.internal.Reports;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * The wait operation of one task, used again for each of its waits. What a wait promises is said at
 * {@link Task#await(Collection, java.time.Duration, Order)}; this is how it keeps it.
 *
 * <pre>
 *   IDLE ----begin----> POLLING --fired, or no time to wait----------------------> IDLE
 *                          |  ^
 *                none fired|  |the task runs: disarm all
 *                          v  |
 *                        ARMING --an event is ready while it is armed--+
 *                          |                                           v
 *                     park |                                         WOKEN
 *                          v                                           ^
 *                        PARKED --wake, commit, timeout, cancel--------+
 * </pre>
 *
 * While PARKED or WOKEN, and not cancelled, one claim may be committed, and no second one: what is
 * cancelled takes nothing any more. Other threads commit by way of its {@link Offer}. After that,
 * whatever else has happened by the time the task runs, it returns the claim and all levels that
 * hold. Without a claim it is cancelled, or polls everything again: nothing there means somebody
 * was quicker, and it arms and parks once more, for the rest of its time.
 *
 * <p>One task runs at a time, so between a poll that finds nothing and the arming nothing can
 * happen, and a claim needs no "maybe". The protocol is that of Concurrent ML without its locks;
 * its clearest text is {@code operations.scm} of Guile Fibers.
 */
final class Wait extends Timer implements Combined.Places {
    private enum Phase {
        IDLE,
        POLLING,
        ARMING,
        PARKED,
        WOKEN
    }

    /** So many places stay with a task that has once needed them; more, while it still does. */
    private static final int KEPT = 16;

    private static final Branch[] NO_BRANCHES = {};

    private final Task<?> task;

    private Phase phase = Phase.IDLE;

    /** Whether all events that were given are base events, so that each has its own place. */
    private boolean plain = true;

    private Branch[] branches = NO_BRANCHES; // else: one for each event that was given
    private int count;
    private Place[] places; // one for each base event in them
    private int size;
    private int armed;
    private boolean disarming;
    private @Nullable Place claimed;
    private @Nullable Offer offer; // to other threads, if an event has asked for it
    private boolean timedOut;
    private boolean over;
    private int polledAt; // the low bits of the number of runs are enough
    private long since;

    /** Where to start looking, for some sets of events each; see {@link #start}. */
    private @Nullable Rotations rotations;

    Wait(Task<?> task) {
        this.task = task;
        this.places = new Place[] {new Place(0)};
    }

    private Reactor reactor() {
        return task.scheduler().reactor();
    }

    // ---- entry

    <R> FiredEvents<R> forAny(
            Collection<? extends Event<? extends R>> events, long timeoutNanos, Order order) {
        Headroom.ensure();
        FiredSet<R> fired = new FiredSet<>(events);
        if (fired.isCombined()) {
            forTrees(fired, timeoutNanos, order);
        } else {
            forAll(fired, timeoutNanos, order);
        }
        return fired;
    }

    private void forAll(FiredSet<?> fired, long timeoutNanos, Order order) {
        begin(fired.count(), fired.leaves(), !fired.isCombined());
        try {
            for (int i = 0; i < fired.count(); i++) {
                list(i, fired.made(i));
            }
            if (run(timeoutNanos, order) > 0) {
                collect(fired);
            }
        } finally {
            over = true;
            finish();
        }
    }

    private void forTrees(FiredSet<?> fired, long timeoutNanos, Order order) {
        if (fired.hasGuards()) {
            task.checkCancelled();
            fired.make();
        }
        fired.prepare();
        try {
            forAll(fired, timeoutNanos, order);
            fired.complete();
        } finally {
            fired.tellAborted();
        }
    }

    /**
     * Answers null if the time was over, else the value or a {@link Misfire}. Allocates nothing
     * unless guards or functions do.
     */
    @Nullable Object forOne(Event<?> event, long timeoutNanos) {
        Objects.requireNonNull(event, "event");
        Headroom.ensure();
        if (event instanceof Combined tree) {
            return forTree(tree, timeoutNanos);
        }
        BaseEvent<?> base = (BaseEvent<?>) event;
        begin(1, 1, true);
        Outcome<?> raw;
        try {
            put(0, base);
            raw = run(timeoutNanos, Order.FAIR) == 0 ? null : told(0);
        } finally {
            over = true;
            finish();
        }
        return raw == null ? null : Misfire.told(base, raw);
    }

    private @Nullable Object forTree(Combined tree, long timeoutNanos) {
        Event<?> made = tree.event();
        if (tree.hasGuards()) {
            task.checkCancelled();
            made = tree.made();
        }
        int leaf = Combined.NONE;
        try {
            Outcome<?> raw = null;
            begin(1, Combined.leaves(made), false);
            try {
                list(0, made);
                if (run(timeoutNanos, Order.FAIR) > 0) {
                    leaf = branches[0].leaf;
                    raw = told(leaf);
                }
            } finally {
                over = true;
                finish();
            }
            return raw == null ? null : Combined.result(made, 0, leaf, raw);
        } finally {
            Combined.ended(made, 0, leaf);
        }
    }

    /** How the event in that place has fired. */
    private Outcome<?> told(int place) {
        Outcome<?> raw = places[place].outcome; // another one, if the event kept the first
        assert raw != null;
        reactor().observed(raw);
        return raw;
    }

    /**
     * For {@code n} events, which are listed next, one by one.
     *
     * @param leaves how many base events they are, or are made of
     * @param plain whether all of them are base events
     */
    private void begin(int n, int leaves, boolean plain) {
        if (over) {
            abandon(); // the stack was too small to clean up there
        }
        assert phase == Phase.IDLE : "nobody asked whether it may wait";
        reserve(leaves);
        if (!plain) {
            reserveBranches(n);
        }
        this.plain = plain;
        count = n;
        size = leaves;
        phase = Phase.POLLING;
    }

    private void reserve(int n) {
        if (places.length < n) {
            Place[] more = Arrays.copyOf(places, n);
            for (int i = places.length; i < n; i++) {
                more[i] = new Place(i);
            }
            places = more; // complete: there may be no memory for all
        } else if (places.length > KEPT && n <= places.length / 4) {
            places = Arrays.copyOf(places, Math.max(n, KEPT));
        }
    }

    private void reserveBranches(int n) {
        if (branches.length < n) {
            Branch[] more = Arrays.copyOf(branches, n);
            for (int i = branches.length; i < n; i++) {
                more[i] = new Branch();
            }
            branches = more;
        } else if (branches.length > KEPT && n <= branches.length / 4) {
            branches = Arrays.copyOf(branches, Math.max(n, KEPT));
        }
    }

    /** A combined event takes a row of places. */
    private void list(int i, Event<?> event) {
        if (plain) {
            put(i, (BaseEvent<?>) event);
            return;
        }
        Branch before = i == 0 ? null : branches[i - 1];
        int first = before == null ? 0 : before.first + before.places;
        branches[i].is(event, first, Combined.leaves(event));
        Combined.list(event, first, this);
    }

    @Override
    public void put(int place, BaseEvent<?> event) {
        places[place].wait(event);
    }

    private void collect(FiredSet<?> fired) {
        for (int i = 0; i < count; i++) {
            int leaf = plain ? i : branches[i].leaf;
            if (leaf != Combined.NONE && places[leaf].outcome != null) {
                fired.add(i, leaf, told(leaf));
            }
        }
    }

    private void finish() {
        for (int i = 0; i < size; i++) {
            places[i].clear();
        }
        if (!plain) {
            for (int i = 0; i < count; i++) {
                branches[i].event = null;
            }
        }
        size = 0;
        count = 0;
        claimed = null;
        phase = Phase.IDLE;
        over = false;
    }

    // ---- the operation

    /**
     * Answers how many events fired; their places have the outcomes. Negative: no limit of time.
     */
    private int run(long timeoutNanos, Order order) {
        task.countWait();
        task.checkCancelled();
        int fired = poll(order);
        if (fired == 0 && timeoutNanos == 0) {
            task.scheduler().look();
            fired = poll(order);
        }
        if (fired > 0 || timeoutNanos == 0) {
            return fired;
        }
        long deadline = timeoutNanos < 0 ? 0 : reactor().nanos() + timeoutNanos;
        timedOut = false;
        do {
            park(timeoutNanos >= 0, deadline);
            if (claimed == null) {
                task.checkCancelled();
            }
            fired = poll(order);
        } while (fired == 0 && !timedOut);
        return fired;
    }

    /** Asks each event, claims only until one has been taken. */
    private int poll(Order order) {
        phase = Phase.POLLING;
        polledAt = (int) task.scheduler().runs();
        int fired = 0;
        int start = count < 2 || order == Order.LISTED ? 0 : start();
        for (int k = 0; k < count; k++) {
            int i = start + k < count ? start + k : start + k - count;
            if (plain ? poll(i) : poll(branches[i])) {
                fired++;
            }
        }
        return fired;
    }

    private boolean poll(Branch branch) {
        if (claimed != null && branch.holds(claimed.number)) {
            branch.leaf = claimed.number; // of a choice exactly one fires, and this has
        } else {
            branch.leaf = Combined.poll(branch.event(), branch.first, this);
        }
        return branch.leaf != Combined.NONE;
    }

    @Override
    public boolean poll(int i) {
        Place place = places[i];
        if (claimed != null && place.isClaim) {
            return place == claimed;
        }
        Outcome<?> outcome = place.poll();
        place.outcome = outcome;
        if (outcome == null) {
            return false;
        }
        if (place.isClaim && outcome.isValue()) {
            claimed = place;
        }
        return true;
    }

    /**
     * The start of a fair choice moves on by one at each wait for the same set of events, so that a
     * task that waits for two sets in turn does not always start at the same place of each.
     */
    private int start() {
        int set = 0;
        for (int i = 0; i < count; i++) {
            set = 31 * set + System.identityHashCode(event(i));
        }
        return rotations().next(set, count);
    }

    @Override
    public int start(Object choice, int n) {
        return rotations().next(System.identityHashCode(choice), n);
    }

    /** Event {@code i} of those that were given; null while they are being listed. */
    private @Nullable Event<?> event(int i) {
        return plain ? places[i].event : branches[i].event;
    }

    private Rotations rotations() {
        if (rotations == null) {
            rotations = new Rotations(task.number());
        }
        return rotations;
    }

    private void park(boolean limited, long deadline) {
        phase = Phase.ARMING;
        try {
            if (limited) {
                reactor().schedule(this, deadline);
            }
            armAll();
            // If another task ran since the poll (an event had to wait for a lock, of another loop
            // say), what it did may have come before the arming.
            if (phase == Phase.ARMING && (int) task.scheduler().runs() == polledAt) {
                phase = Phase.PARKED;
                since = task.scheduler().recentNanos();
                task.park();
            } else {
                task.countWait(); // an event that always wakes at once must not keep the others out
                timedOut |= limited && reactor().nanos() - deadline >= 0; // nor the end of the time
            }
        } catch (Throwable t) {
            disarmAll();
            if (claimed == null) {
                throw t;
            }
            return; // another thread has committed meanwhile, which must not be lost
        }
        disarmAll();
    }

    private void armAll() {
        armed = 0;
        while (armed < size && phase == Phase.ARMING) {
            // Counted first: one that throws may have queued the place before, and is disarmed.
            Place place = places[armed++];
            try {
                place.event().arm(place);
            } catch (Throwable t) {
                place.refused = t; // polled next, which tells it as this event's failure
                phase = Phase.WOKEN;
            }
        }
    }

    private void disarmAll() {
        if (isScheduled()) {
            reactor().cancel(this);
        }
        disarming = true;
        while (armed > 0) {
            Place place = places[--armed];
            try {
                place.event().disarm(place);
                if (place.isStillQueued()) {
                    throw new IllegalStateException(
                            Reports.text(place.event) + " has kept a waiter after disarm");
                }
            } catch (Throwable t) {
                places[armed] = place.retire(t);
                Reports.warn("disarming " + Reports.text(place.event) + " has failed", t);
            }
        }
        disarming = false;
        if (offer != null) {
            withdrawOffer();
            offer = null;
        }
    }

    /** From now on no other thread commits. If one has before, that is the claim of this wait. */
    void withdrawOffer() {
        Offer.Taken taken = offer == null ? null : offer.withdraw();
        if (taken != null && claimed == null) {
            Place place = (Place) taken.place();
            claimed = place.heir == null ? place : place.heir;
            claimed.outcome = taken.claim();
        }
    }

    /** The task has ended in the middle of a wait. */
    void abandon() {
        if (phase != Phase.IDLE) {
            disarmAll();
            finish();
        }
    }

    // ---- from the loop and from other tasks, while the task is parked

    /** Look again. */
    void wake() {
        switch (phase) {
            case ARMING -> phase = Phase.WOKEN;
            case PARKED -> {
                phase = Phase.WOKEN;
                task.scheduler().ready(task);
            }
            case IDLE, POLLING, WOKEN -> {}
        }
    }

    @Override
    protected void fire() {
        timedOut = true;
        wake();
    }

    // ---- for the dump and the deadlock report

    /** When it parked, on the scheduler's clock, a moment earlier at most. */
    long since() {
        return since;
    }

    /** Whether only other tasks can end it; see {@link DeadlockException}. */
    boolean wokenOnlyByTasks() {
        if (isScheduled()) {
            return false;
        }
        boolean sleeps = true;
        for (int i = 0; i < size; i++) {
            if (places[i].event != Event.never()) {
                sleeps = false;
                if (!places[i].isWokenOnlyByTasks()) {
                    return false;
                }
            }
        }
        // Whoever sleeps without any event that could come expects a cancel.
        return !sleeps || task.scope().isShield();
    }

    /** Whether an event is just being listed, polled, armed or disarmed, and must not wait. */
    boolean isInAnEvent() {
        return phase == Phase.POLLING || phase == Phase.ARMING || disarming;
    }

    @Override
    public String toString() {
        StringJoiner all = new StringJoiner(", ", "[", "]");
        for (int i = 0; i < Math.min(count, 10); i++) {
            all.add(Reports.text(event(i)));
        }
        return count > 10 ? all + " and " + (count - 10) + " more" : all.toString();
    }

    /** One of the events that were given, and its row of places. */
    private static final class Branch {
        @Nullable Event<?> event;
        int first;
        int places;

        /** The place of it that has fired. */
        int leaf;

        void is(Event<?> event, int first, int places) {
            this.event = event;
            this.first = first;
            this.places = places;
            leaf = Combined.NONE;
        }

        Event<?> event() {
            Event<?> e = event;
            assert e != null;
            return e;
        }

        boolean holds(int place) {
            return place >= first && place < first + places;
        }
    }

    /** One base event's place in this wait. */
    private final class Place extends Waiter {
        private @Nullable BaseEvent<?> event;
        private final int number;
        private boolean isClaim;
        private @Nullable Outcome<?> outcome;

        /** What {@code isClaim}, {@code arm} or {@code disarm} threw. */
        private @Nullable Throwable refused;

        /**
         * If an event has failed to let go of it, since nobody knows what it will still do to it.
         */
        private @Nullable Place heir;

        Place(int number) {
            this.number = number;
        }

        void wait(BaseEvent<?> event) {
            this.event = event;
            try {
                isClaim = event.isClaim();
            } catch (Throwable t) {
                refused = t;
            }
        }

        void clear() {
            event = null;
            isClaim = false;
            outcome = null;
            refused = null;
        }

        /** Answers another one in its place, by which its event fires as failed. */
        Place retire(Throwable failure) {
            Place place = new Place(number);
            place.event = event;
            place.isClaim = isClaim;
            place.outcome = outcome;
            place.refused = refused == null ? failure : refused;
            if (claimed == this) {
                claimed = place;
            }
            heir = place;
            leaveQueue();
            return place;
        }

        /** An event that cannot say so may have any reason to come. */
        boolean isWokenOnlyByTasks() {
            try {
                return event().wokenOnlyByTasks();
            } catch (Throwable t) {
                return false;
            }
        }

        boolean isStillQueued() {
            return isQueued();
        }

        @Override
        public Reactor reactor() {
            return Wait.this.reactor();
        }

        @Override
        public BaseEvent<?> event() {
            BaseEvent<?> e = event;
            assert e != null;
            return e;
        }

        /** A failure of the event's own code is the event's, and takes nothing from the others. */
        @Nullable Outcome<?> poll() {
            try {
                return refused == null ? event().poll(reactor()) : new Outcome.Failed<>(refused);
            } catch (Throwable t) {
                return new Outcome.Failed<>(t);
            }
        }

        @Override
        public void wake() {
            if (heir == null) {
                Wait.this.wake();
            }
        }

        private Wait ofWait() {
            return Wait.this;
        }

        @Override
        public boolean isOfSameWait(Waiter other) {
            return other instanceof Place place && place.ofWait() == Wait.this;
        }

        @Override
        public Offer offer() {
            if (heir != null) {
                Offer none = new Offer();
                var unused = none.withdraw();
                return none;
            }
            if (offer == null) {
                offer = new Offer();
            }
            return offer;
        }

        @Override
        public boolean commit(Outcome<?> claim) {
            if (heir != null) {
                return false;
            }
            if (phase == Phase.ARMING) {
                phase = Phase.WOKEN; // the arming of a later event brought it
            }
            if (claimed != null || phase != Phase.PARKED && phase != Phase.WOKEN) {
                return false;
            }
            if (task.scope().isCancelled()) {
                return false; // its task will only hear of the cancel; others may want the claim
            }
            withdrawOffer();
            if (claimed != null) {
                return false; // another thread was quicker
            }
            claimed = this;
            outcome = claim;
            Wait.this.wake();
            return true;
        }
    }
}
