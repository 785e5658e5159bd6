package dev.tarry.stress.programs;

import dev.tarry.events.Event;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Tasks that send and receive over several channels at once, with timeouts, and that are cancelled
 * at any time: a message that was sent is received exactly once, any other one not at all.
 */
public final class ChannelStress implements Stress {
    private static final int SENDERS = 40;
    private static final int RECEIVERS = 30;

    @Override
    public String name() {
        return "channels";
    }

    @Override
    public String what() {
        return "Random sends and receives, timeouts, cancels: each message sent arrives once.";
    }

    @Override
    public long few() {
        return 100_000;
    }

    @Override
    public long many() {
        return 20_000_000;
    }

    @Override
    public void run(Run run) {
        new Exchange(run).run();
    }

    private interface Start {
        Task<?> task();
    }

    /** The account of one run. */
    private static final class Exchange {
        private final List<Channel<Integer>> channels = new ArrayList<>();
        private final Run run;
        private final Random random;
        private final byte[] sent;
        private final byte[] received;
        private int next;
        private boolean over;
        private long cancels;

        Exchange(Run run) {
            this.run = run;
            this.random = run.random();
            sent = new byte[Math.toIntExact(run.count())];
            received = new byte[sent.length];
            for (int i = 0; i < 4; i++) {
                channels.add(Channel.rendezvous());
                channels.add(Channel.buffered(1 + 5 * i));
            }
        }

        void run() {
            run.tarry(
                    () -> {
                        Scope.run(this::play);
                        drain();
                    });
            checkAccount();
        }

        private void play(Scope scope) {
            List<Task<?>> receivers = new ArrayList<>();
            for (int i = 0; i < RECEIVERS; i++) {
                receivers.add(scope.spawn(this::receive));
            }
            List<Task<?>> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                senders.add(scope.spawn(this::send));
            }
            while (next < sent.length) {
                Tarry.sleep(Duration.ofNanos(random.nextInt(100_000)));
                if (random.nextBoolean()) {
                    cancelOne(senders, () -> scope.spawn(this::send));
                } else {
                    cancelOne(receivers, () -> scope.spawn(this::receive));
                }
                run.progress(next);
            }
            senders.forEach(task -> Tarry.await(task.done()));
            over = true;
        }

        private void cancelOne(List<Task<?>> tasks, Start replacement) {
            int i = random.nextInt(tasks.size());
            tasks.get(i).cancel();
            tasks.set(i, replacement.task());
            cancels++;
        }

        // ---- sending

        private void send() {
            while (next < sent.length) {
                int message = next++;
                if (handOver(message)) {
                    sent[message] = 1;
                }
            }
        }

        /** Whether it is gone. If it throws, as a cancelled wait does, the sender has it still. */
        private boolean handOver(int message) {
            if (random.nextInt(4) == 0) {
                return channel().trySend(message);
            }
            List<Event<?>> ways = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                ways.add(channel().sending(message));
            }
            Duration limit = random.nextBoolean() ? null : Duration.ofNanos(random.nextInt(50_000));
            var fired = limit == null ? Tarry.wait(ways) : Tarry.wait(ways, limit);
            Run.check(fired.size() <= 1, "more than one claim: %s", fired);
            Run.check(limit != null || fired.size() == 1, "woken for nothing");
            return !fired.isEmpty();
        }

        private Channel<Integer> channel() {
            return channels.get(random.nextInt(channels.size()));
        }

        // ---- receiving

        private void receive() {
            while (!over) {
                if (random.nextInt(4) == 0) {
                    channel().tryReceive().ifPresent(this::got);
                    Tarry.yieldNow();
                } else {
                    receiveFromAny();
                }
            }
        }

        private void receiveFromAny() {
            List<Event<Integer>> ways = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                ways.add(channel().receiving());
            }
            var fired = Tarry.wait(ways, Duration.ofNanos(random.nextInt(300_000)));
            Run.check(fired.size() <= 1, "more than one claim: %s", fired);
            if (!fired.isEmpty()) {
                got((Integer) fired.first().get());
            }
        }

        private void got(int message) {
            received[message]++;
        }

        private void drain() {
            for (Channel<Integer> channel : channels) {
                channel.close();
                channel.forEach(this::got);
            }
        }

        private void checkAccount() {
            int arrived = 0;
            for (int i = 0; i < sent.length; i++) {
                Run.check(
                        sent[i] == received[i],
                        "message %d was sent %d times, received %d times",
                        i,
                        sent[i],
                        received[i]);
                arrived += received[i];
            }
            run.say(
                    "%,d arrived, %,d stayed, %,d cancels",
                    arrived, sent.length - arrived, cancels);
        }
    }
}
