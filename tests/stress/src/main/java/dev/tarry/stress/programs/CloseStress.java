package dev.tarry.stress.programs;

import dev.tarry.events.Event;
import dev.tarry.events.Fd;
import dev.tarry.events.Outcome;
import dev.tarry.events.Pipe;
import dev.tarry.events.Readiness;
import dev.tarry.events.libc.Libc;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;
import dev.tarry.stress.Proc;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Descriptors that are closed while tasks wait for them, and whose numbers come back at once as
 * other files: each waiter is told that its own was closed, or has data, and nothing else.
 */
public final class CloseStress implements Stress {
    private static final int SLOTS = 48;
    private static final int SHARING = 16; // more waiters of the first slot: with those, 64
    private static final int MOST_AT_ONCE = 6;
    private static final int MOST_GHOSTS = 32;
    private static final int HIGH = 1000;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final Duration HANG = Duration.ofSeconds(20);

    @Override
    public String name() {
        return "closes";
    }

    @Override
    public String what() {
        return "Descriptors closed while waited for, numbers reused: each waiter hears its own.";
    }

    @Override
    public long few() {
        return 5_000;
    }

    @Override
    public long many() {
        return 100_000;
    }

    @Override
    public boolean usesFds() {
        return true;
    }

    @Override
    public void run(Run run) {
        try (ExecutorService elsewhere = Executors.newSingleThreadExecutor()) {
            run.tarry(() -> new Storm(run, elsewhere).run());
        }
    }

    /** What a waiter was told, and by what. */
    private record Told(Slot slot, int life, Outcome<?> outcome) {}

    /** A place in which one file follows the other. */
    private static final class Slot {
        private final int number;
        private int life;
        private Pipe pipe;
        private Fd waited;
        private int waiters;
        private int told;
        private String expected = "nothing";

        Slot(int number, Pipe pipe, Fd waited) {
            this.number = number;
            this.pipe = pipe;
            this.waited = waited;
        }

        @Override
        public String toString() {
            return "slot %d (%s, life %d, expected: %s)".formatted(number, waited, life, expected);
        }
    }

    private static final class Storm {
        private final Run run;
        private final Random random;
        private final ExecutorService elsewhere;
        private final ByteBuffer one = ByteBuffer.allocateDirect(1);
        // A read that is not filled has drained the pipe, which is what makes it unready again.
        private final ByteBuffer two = ByteBuffer.allocateDirect(2);
        private final List<Slot> slots = new ArrayList<>();
        private final Queue<Integer> ghosts = new ArrayDeque<>();
        private final Channel<Told> told = Channel.buffered(SLOTS + SHARING);
        private final long watchedBefore = Proc.watchedByEpoll();
        private boolean over;
        private int parked;
        private int reused;

        Storm(Run run, ExecutorService elsewhere) {
            this.run = run;
            this.random = run.random();
            this.elsewhere = elsewhere;
        }

        void run() throws Exception {
            for (int i = 0; i < SLOTS; i++) {
                Pipe pipe = Pipe.open();
                slots.add(new Slot(i, pipe, handle(pipe)));
                park(i, i == 0 ? 1 + SHARING : 1);
            }
            for (long cycles = 0; cycles < run.count(); ) {
                cycles += cycle();
                run.progress(cycles);
            }
            run.say("%,d numbers came back as another file", reused);
            Run.check(reused > 0 || run.count() < 100, "no number ever came back");
            over = true;
            for (Slot slot : slots) {
                close(slot, false);
            }
            checkForgotten();
            ghosts.forEach(Libc::close);
        }

        /** Owned, or borrowed from the pipe, which nobody waits for then. */
        private Fd handle(Pipe pipe) {
            return random.nextBoolean() ? pipe.source() : Fd.borrow(pipe.source().number());
        }

        // ---- the waiters

        private void park(int slot, int waiters) {
            slots.get(slot).waiters = waiters;
            slots.get(slot).told = waiters;
            for (int i = 0; i < waiters; i++) {
                boolean alone = random.nextBoolean();
                var unused = Tarry.spawn(() -> waitForSlot(slots.get(slot), alone));
            }
        }

        private void waitForSlot(Slot slot, boolean alone) throws IOException {
            Channel<String> silent = Channel.rendezvous();
            while (!over) {
                int life = slot.life;
                Event<Readiness> readable = slot.waited.readable();
                parked++;
                var fired =
                        alone
                                ? Tarry.wait(readable)
                                : Tarry.wait(
                                        List.of(silent.receiving(), readable), Duration.ofHours(1));
                parked--;
                Run.check(fired.size() == 1, "%s: fired %s", slot, fired);
                Outcome<?> outcome = fired.first().outcome();
                if (outcome.isValue() && life == slot.life) {
                    int n = slot.pipe.source().read(two.clear());
                    Run.check(n == 1, "%s: readable, but %d was read", slot, n);
                }
                told.send(new Told(slot, life, outcome));
                while (!over && life == slot.life && !slot.waited.isOpen()) {
                    Tarry.yieldNow(); // until there is another file to wait for
                }
            }
        }

        // ---- what happens to them

        /** Answers how many were closed. */
        private int cycle() throws Exception {
            while (parked < SLOTS + SHARING) {
                Tarry.yieldNow();
            }
            Collections.shuffle(slots.subList(1, SLOTS), random); // the first one is shared
            int n = 1 + random.nextInt(MOST_AT_ONCE);
            List<Slot> closed = new ArrayList<>();
            int expected = 0;
            int first = random.nextInt(8) == 0 ? 0 : 1;
            for (Slot slot : slots.subList(first, first + n)) {
                if (slot.waiters == 1 && random.nextInt(4) == 0) {
                    slot.expected = "readable";
                    write(slot.pipe);
                } else {
                    slot.expected = "closed";
                    closed.add(slot);
                }
                slot.told = 0;
                expected += slot.waiters;
            }
            replace(closed);
            for (int i = 0; i < expected; i++) {
                check(Tarry.await(told.receiving(), HANG).orElseThrow(this::notTold));
            }
            return closed.size();
        }

        /**
         * The system gives the lowest number that is free, so the new files have the old numbers,
         * in another order; and most of them have data before the old waiters run.
         */
        private void replace(List<Slot> closed) throws Exception {
            List<Integer> before = new ArrayList<>();
            boolean byThread = random.nextInt(8) == 0;
            for (Slot slot : closed) {
                before.add(slot.pipe.source().number());
                close(slot, byThread);
            }
            Collections.shuffle(closed, random);
            for (Slot slot : closed) {
                slot.life++;
                slot.pipe = Pipe.open();
                slot.waited = handle(slot.pipe);
                reused += before.contains(slot.pipe.source().number()) ? 1 : 0;
            }
            for (Slot slot : closed) {
                touch(slot);
            }
        }

        /** Data comes to the new file and goes again: no business of those who waited before. */
        private void touch(Slot slot) throws IOException {
            if (random.nextBoolean()) {
                write(slot.pipe);
                if (random.nextBoolean()) {
                    // Zero: asks the system, and lets nobody else run.
                    var ready = Tarry.await(slot.waited.readable(), Duration.ZERO);
                    Run.check(ready.isPresent(), "%s: written to, and not readable", slot);
                }
                int n = slot.pipe.source().read(two.clear());
                Run.check(n == 1, "%s: written to, but %d was read", slot, n);
            }
        }

        /**
         * The file itself lives on under another number, as it would in a child that was just
         * forked, and gets data: who forgets to tell the system that it is over hears of it, under
         * a number that is another file by now.
         */
        private int duplicate(Pipe pipe) {
            int other = Libc.functions().fcntl(pipe.source().number(), F_DUPFD_CLOEXEC, HIGH);
            Run.check(other >= HIGH, "fcntl says %d", other);
            return other;
        }

        private void keep(int ghost) {
            ghosts.add(ghost);
            if (ghosts.size() > MOST_GHOSTS) {
                Libc.close(ghosts.remove());
            }
        }

        private void close(Slot slot, boolean byThread) throws Exception {
            Fd waited = slot.waited;
            // Data comes to the old file, which lives on, when its number is closed already.
            boolean haunts = random.nextInt(4) == 0;
            int ghost = haunts ? duplicate(slot.pipe) : -1;
            if (byThread) {
                elsewhere.submit(waited::close).get();
                // Its part on this loop is behind us once this has come round.
                var trigger = Events.<String>trigger();
                Run.check(trigger.fire("done"), "no loop");
                var unused = Tarry.await(trigger);
            } else {
                waited.close();
            }
            if (haunts) {
                write(slot.pipe);
                keep(ghost);
            }
            slot.pipe.close();
        }

        private void write(Pipe pipe) throws IOException {
            int n = pipe.sink().write(one.clear());
            Run.check(n == 1, "%s took %d bytes", pipe, n);
        }

        /** The system watches nothing that is closed, though the files still live on. */
        private void checkForgotten() {
            int registrations = Scheduler.current().reactor().registrations();
            Run.check(registrations == 0, "%d are still known", registrations);
            long watched = Proc.watchedByEpoll();
            Run.check(watched == watchedBefore, "%d watched, not %d", watched, watchedBefore);
        }

        // ---- what they are told

        private AssertionError notTold() {
            List<Slot> waiting = slots.stream().filter(slot -> slot.told < slot.waiters).toList();
            return new AssertionError("were not told anything: " + waiting);
        }

        private void check(Told t) {
            t.slot.told++;
            String how =
                    switch (t.outcome) {
                        case Outcome.Closed<?> c -> "closed";
                        case Outcome.Value<?>(Readiness r) when r.isReadable() -> "readable";
                        default -> t.outcome.toString();
                    };
            Run.check(how.equals(t.slot.expected), "%s: told %s, not %s", t, how, t.slot.expected);
            int life = t.slot.life - (how.equals("closed") ? 1 : 0);
            Run.check(t.life == life, "%s: told of life %d, is in %d", t, t.life, life);
        }
    }
}
