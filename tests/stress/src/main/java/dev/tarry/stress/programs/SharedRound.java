package dev.tarry.stress.programs;

import dev.tarry.events.ClosedException;
import dev.tarry.events.Event;
import dev.tarry.events.Fired;
import dev.tarry.events.FiredEvents;
import dev.tarry.events.Outcome;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;
import dev.tarry.stress.Run;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Some schedulers and threads, some channels, and so many messages. */
final class SharedRound {
    private static final int SENDER_SHIFT = 48;
    private static final long NUMBER = (1L << SENDER_SHIFT) - 1;

    /** What all rounds have done. */
    static final class Tally {
        private final AtomicLong sent = new AtomicLong();
        private final LongAdder cancels = new LongAdder();
        private final LongAdder timeouts = new LongAdder();
        private final LongAdder interrupts = new LongAdder();

        long sent() {
            return sent.get();
        }

        @Override
        public String toString() {
            return String.format(
                    "%,d cancels, %,d timeouts, %,d interrupts",
                    cancels.sum(), timeouts.sum(), interrupts.sum());
        }
    }

    private final Run run;
    private final Tally tally;
    private final List<Channel<Long>> channels = new ArrayList<>();
    private final List<Sender> senders = new ArrayList<>();
    private final List<Receiver> receivers = new ArrayList<>();
    private final AtomicLong left;
    private final String what;
    private volatile @Nullable Throwable failure;

    SharedRound(Run run, Tally tally, int parties, int capacity, long messages) {
        this.run = run;
        this.tally = tally;
        left = new AtomicLong(messages);
        Random random = run.random();
        int sending = random.nextInt(1, parties);
        boolean plain = random.nextInt(4) == 0; // threads only
        int several = plain ? 1 : random.nextInt(1, 4);
        for (int i = 0; i < several; i++) {
            channels.add(Channel.shared(capacity));
        }
        for (int i = 0; i < parties; i++) {
            // Each channel has at least one who receives from it: the first one does from all.
            boolean loop = !plain && (i == sending || random.nextInt(3) > 0);
            Party party = new Party(loop, random.nextLong());
            if (i < sending) {
                senders.add(new Sender(party, senders.size()));
            } else {
                receivers.add(new Receiver(party, sending));
            }
        }
        what =
                String.format(
                        "%d senders, %d receivers, %s, %d channels of capacity %d",
                        sending, parties - sending, plain ? "threads" : "mixed", several, capacity);
    }

    void run() throws InterruptedException {
        receivers.forEach(receiver -> receiver.party.start(receiver));
        senders.forEach(sender -> sender.party.start(sender));
        Random random = new Random(run.seed());
        for (Sender sender : senders) {
            await(sender.party, random);
        }
        channels.forEach(Channel::close);
        for (Receiver receiver : receivers) {
            await(receiver.party, random);
        }
        if (failure != null) {
            throw new AssertionError(what, failure);
        }
        checkAccount();
    }

    /** And disturbs the others meanwhile. */
    private void await(Party party, Random random) throws InterruptedException {
        while (!party.thread.join(Duration.ofMillis(1))) {
            run.progress(tally.sent());
            Party any =
                    random.nextBoolean()
                            ? senders.get(random.nextInt(senders.size())).party
                            : receivers.get(random.nextInt(receivers.size())).party;
            if (!any.isLoop) {
                any.thread.interrupt();
                tally.interrupts.increment();
            }
        }
    }

    private void checkAccount() {
        for (int channel = 0; channel < channels.size(); channel++) {
            for (Sender sender : senders) {
                long count = 0;
                long sum = 0;
                for (Receiver receiver : receivers) {
                    count += receiver.counts[channel][sender.number];
                    sum += receiver.sums[channel][sender.number];
                }
                long sent = sender.next[channel];
                Run.check(
                        count == sent && sum == sent * (sent - 1) / 2,
                        "%d of %d messages of sender %d arrived, or others (%s)",
                        count,
                        sent,
                        sender.number,
                        what);
            }
        }
    }

    /** The first failure ends the others, too. */
    private void fail(Throwable t) {
        if (failure == null) {
            failure = t;
        }
        channels.forEach(Channel::close);
    }

    /** What a sender or receiver does on a loop, or on a thread; again after it was cancelled. */
    private interface Role {
        void asTask(Random random);

        void asThread(Random random);

        boolean isOver();
    }

    /** A thread, with or without a scheduler on it. */
    private final class Party {
        private final boolean isLoop;
        private final Random random;
        private Thread thread = Thread.currentThread();

        Party(boolean isLoop, long seed) {
            this.isLoop = isLoop;
            this.random = new Random(seed);
        }

        void start(Role role) {
            Runnable body = () -> guarded(role);
            thread = Thread.ofPlatform().daemon().name("party").start(body);
        }

        private void guarded(Role role) {
            try {
                if (isLoop) {
                    run.tarry(() -> Scope.run(scope -> tasks(role, scope)));
                } else {
                    thread(role);
                }
            } catch (Throwable t) {
                fail(t);
            }
        }

        /** One task after the other, each of them cancelled at some time. */
        private void tasks(Role role, Scope scope) {
            while (!role.isOver()) {
                Task<?> task = scope.spawn(() -> role.asTask(random));
                Duration life = Duration.ofNanos(random.nextInt(10_000_000));
                if (Tarry.await(task.done(), life).isEmpty()) {
                    task.cancel();
                    tally.cancels.increment();
                    var unused = Tarry.await(task.done());
                }
            }
        }

        private void thread(Role role) {
            while (!role.isOver()) {
                try {
                    role.asThread(random);
                } catch (CancellationException e) {
                    Run.check(Thread.interrupted(), "the interrupt was lost");
                }
            }
        }
    }

    /** Sends the numbers from zero, over each channel its own. */
    private final class Sender implements Role {
        private final Party party;
        private final int number;
        private final long[] next = new long[channels.size()];
        private boolean over;
        private boolean hasOne; // it has drawn one, and not sent it yet

        Sender(Party party, int number) {
            this.party = party;
            this.number = number;
        }

        @Override
        public boolean isOver() {
            return over;
        }

        private boolean draw() {
            hasOne = hasOne || left.getAndDecrement() > 0;
            over = !hasOne || failure != null;
            return !over;
        }

        private void sent(int channel) {
            next[channel]++;
            hasOne = false;
            tally.sent.incrementAndGet();
        }

        private long message(int channel) {
            return (long) number << SENDER_SHIFT | next[channel];
        }

        @Override
        public void asThread(Random random) {
            while (draw()) {
                long message = message(0);
                if (random.nextInt(8) != 0) {
                    channels.getFirst().send(message);
                } else if (!channels.getFirst().trySend(message)) {
                    continue;
                }
                sent(0);
            }
        }

        @Override
        public void asTask(Random random) {
            while (draw()) {
                int channel = random.nextInt(channels.size());
                switch (random.nextInt(8)) {
                    case 0 -> {
                        if (channels.get(channel).trySend(message(channel))) {
                            sent(channel);
                        } else {
                            Tarry.yieldNow();
                        }
                    }
                    case 1 -> sendOverAny(random);
                    default -> {
                        channels.get(channel).send(message(channel));
                        sent(channel);
                    }
                }
            }
        }

        private void sendOverAny(Random random) {
            List<Event<?>> ways = new ArrayList<>();
            for (int i = 0; i < channels.size(); i++) {
                ways.add(channels.get(i).sending(message(i)));
            }
            var fired = Tarry.wait(ways, Duration.ofNanos(random.nextInt(100_000)));
            Run.check(fired.size() <= 1, "more than one claim: %s", fired);
            if (fired.isEmpty()) {
                tally.timeouts.increment();
            } else if (fired.first().outcome() instanceof Outcome.Value) {
                sent(ways.indexOf(fired.first().event()));
            }
        }
    }

    /** Receives until all is over, and looks at the order. */
    private final class Receiver implements Role {
        private final Party party;
        private final long[][] counts;
        private final long[][] sums;
        private final long[][] expected; // at least
        private boolean over;

        Receiver(Party party, int senders) {
            this.party = party;
            counts = new long[channels.size()][senders];
            sums = new long[channels.size()][senders];
            expected = new long[channels.size()][senders];
        }

        @Override
        public boolean isOver() {
            return over;
        }

        private void got(int channel, long message) {
            int sender = (int) (message >> SENDER_SHIFT);
            long number = message & NUMBER;
            Run.check(
                    number >= expected[channel][sender],
                    "%d of sender %d came after %d (%s)",
                    number,
                    sender,
                    expected[channel][sender] - 1,
                    what);
            expected[channel][sender] = number + 1;
            counts[channel][sender]++;
            sums[channel][sender] += number;
        }

        @Override
        public void asThread(Random random) {
            try {
                while (true) {
                    if (random.nextInt(8) == 0) {
                        channels.getFirst().tryReceive().ifPresent(message -> got(0, message));
                    } else {
                        got(0, channels.getFirst().receive());
                    }
                }
            } catch (ClosedException e) {
                over = true; // the others are received from by tasks
            }
        }

        @Override
        public void asTask(Random random) {
            List<Event<?>> ways = new ArrayList<>();
            channels.forEach(channel -> ways.add(channel.receiving()));
            while (!ways.isEmpty()) {
                int limit = random.nextInt(8) == 0 ? random.nextInt(100_000) : 1_000_000_000;
                var fired = Tarry.wait(ways, Duration.ofNanos(limit));
                Run.check(fired.size() <= 1 || isClosed(fired), "more than one: %s", fired);
                if (fired.isEmpty()) {
                    tally.timeouts.increment();
                }
                fired.forEach(one -> take(one, ways));
            }
            over = true;
        }

        private void take(Fired<?> fired, List<Event<?>> ways) {
            if (fired.outcome() instanceof Outcome.Closed) {
                ways.remove(fired.event());
                return;
            }
            for (int i = 0; i < channels.size(); i++) {
                if (fired.event() == channels.get(i).receiving()) {
                    got(i, (Long) fired.get());
                }
            }
        }

        private static boolean isClosed(FiredEvents<?> fired) {
            return fired.stream().filter(one -> one.outcome() instanceof Outcome.Value).count()
                    <= 1;
        }
    }
}
