package dev.tarry.runtime;

import static dev.tarry.runtime.History.Kind.CLOSE;
import static dev.tarry.runtime.History.Kind.RECEIVE;
import static dev.tarry.runtime.History.Kind.SEND;
import static dev.tarry.runtime.History.Kind.TRY_RECEIVE;
import static dev.tarry.runtime.History.Kind.TRY_SEND;

import dev.tarry.events.Event;
import dev.tarry.events.Outcome;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A few tasks, each on a loop of its own, that use some shared channels, and are run step by step
 * in one order. Afterwards each channel must have done what a queue could have done, and nobody may
 * wait for what is there.
 */
final class SteppedWorld {
    /** More than any order needs that is not an endless one. */
    private static final int MOST_STEPS = 200;

    final List<Channel<Integer>> channels = new ArrayList<>();
    private final List<History> histories = new ArrayList<>();
    private final List<Actor> actors = new ArrayList<>();
    private final SteppedWait.Mistake mistake;
    private int now;

    SteppedWorld(SteppedWait.Mistake mistake, int... capacities) {
        this.mistake = mistake;
        for (int capacity : capacities) {
            channels.add(Channel.shared(capacity));
            histories.add(new History(capacity));
        }
    }

    /** Something that a task or a thread does, at one step or in several. */
    interface Act {
        boolean canStep();

        void step();

        boolean isDone();
    }

    /** One after the other. */
    private static final class Actor {
        final List<Act> acts;
        int done;

        Actor(List<Act> acts) {
            this.acts = acts;
        }

        @Nullable Act current() {
            return done < acts.size() ? acts.get(done) : null;
        }

        void step() {
            Act act = acts.get(done);
            act.step();
            if (act.isDone()) {
                done++;
            }
        }
    }

    /** Before anything else happens. */
    void fill() {
        for (int i = 0; i < channels.size(); i++) {
            for (int message = 100; channels.get(i).trySend(message); message++) {
                note(i, TRY_SEND, ++now, message, false);
            }
        }
    }

    // ---- what there is to do

    void actor(Act... acts) {
        actors.add(new Actor(Arrays.asList(acts)));
    }

    Act send(int channel, int message) {
        return new Waiting(List.of(new Way(channel, message)));
    }

    Act receive(int channel) {
        return new Waiting(List.of(new Way(channel, null)));
    }

    /** Sends or receives, whatever can be done first. */
    Act either(Way... ways) {
        return new Waiting(List.of(ways));
    }

    Act trySend(int channel, int message) {
        return once(
                () -> {
                    boolean sent = channels.get(channel).trySend(message);
                    note(channel, TRY_SEND, now, sent ? message : null, false);
                });
    }

    Act tryReceive(int channel) {
        return once(
                () -> {
                    Optional<Integer> message = channels.get(channel).tryReceive();
                    note(channel, TRY_RECEIVE, now, message.orElse(null), false);
                });
    }

    Act close(int channel) {
        return once(
                () -> {
                    channels.get(channel).close();
                    note(channel, CLOSE, now, null, false);
                });
    }

    /** While the other waits. */
    Act timeOut(Act other) {
        return whileParked((Waiting) other, SteppedWait::timeOut);
    }

    Act cancel(Act other) {
        return whileParked((Waiting) other, SteppedWait::cancel);
    }

    private void note(
            int channel, History.Kind kind, int begin, @Nullable Integer message, boolean closed) {
        histories.get(channel).add(new History.Operation(kind, begin, now, message, closed));
    }

    /**
     * @param message null to receive
     */
    record Way(int channel, @Nullable Integer message) {}

    private final class Waiting implements Act {
        private final List<Way> ways;
        private final SteppedWait wait;
        private int begin = -1;

        Waiting(List<Way> ways) {
            this.ways = ways;
            List<Event<?>> events = new ArrayList<>();
            for (Way way : ways) {
                Channel<Integer> channel = channels.get(way.channel);
                events.add(
                        way.message == null ? channel.receiving() : channel.sending(way.message));
            }
            wait = new SteppedWait(events, mistake);
        }

        @Override
        public boolean canStep() {
            return wait.canStep();
        }

        @Override
        public void step() {
            begin = begin < 0 ? now : begin;
            wait.step();
            if (wait.isDone() && wait.fired() >= 0) {
                fired(ways.get(wait.fired()), wait.outcome());
            }
        }

        private void fired(Way way, @Nullable Outcome<?> outcome) {
            boolean closed = outcome instanceof Outcome.Closed;
            if (way.message == null) {
                Integer message = closed ? null : (Integer) outcome.get();
                note(way.channel, RECEIVE, begin, message, closed);
            } else {
                note(way.channel, SEND, begin, closed ? null : way.message, closed);
            }
        }

        @Override
        public boolean isDone() {
            return wait.isDone();
        }
    }

    private static Act once(Runnable step) {
        return new Act() {
            private boolean done;

            @Override
            public boolean canStep() {
                return true;
            }

            @Override
            public void step() {
                step.run();
                done = true;
            }

            @Override
            public boolean isDone() {
                return done;
            }
        };
    }

    private static Act whileParked(Waiting waiting, Consumer<SteppedWait> step) {
        Act act = once(() -> step.accept(waiting.wait));
        return new Act() {
            @Override
            public boolean canStep() {
                return waiting.wait.isParked();
            }

            @Override
            public void step() {
                act.step();
            }

            @Override
            public boolean isDone() {
                return act.isDone();
            }
        };
    }

    // ---- one order of steps

    /** Those who can go on. */
    private List<Actor> ready() {
        List<Actor> ready = new ArrayList<>();
        for (Actor actor : actors) {
            Act act = actor.current();
            if (act != null && act.canStep()) {
                ready.add(actor);
            }
        }
        return ready;
    }

    /** Takes all steps that can be taken. Answers what is wrong then, or null. */
    @Nullable String run(Choices choices) {
        List<Actor> ready;
        while (!(ready = ready()).isEmpty()) {
            if (++now > MOST_STEPS) {
                return "no end:" + describe();
            }
            ready.get(choices.next(ready.size())).step();
        }
        String stuck = whoWaitsForNothing();
        if (stuck != null) {
            return stuck;
        }
        for (int i = 0; i < channels.size(); i++) {
            if (!drain(i) || !histories.get(i).isThatOfAQueue()) {
                return "no queue does that:" + describe();
            }
        }
        return null;
    }

    /**
     * Takes what is there, also from those who wait; in which order they go on is all the same.
     * Answers whether it came to an end.
     */
    private boolean drain(int channel) {
        Optional<Integer> message;
        while ((message = channels.get(channel).tryReceive()).isPresent()) {
            note(channel, TRY_RECEIVE, ++now, message.get(), false);
            List<Actor> ready;
            while (!(ready = ready()).isEmpty()) {
                if (++now > 2 * MOST_STEPS) {
                    return false;
                }
                ready.getFirst().step();
            }
        }
        return true;
    }

    private @Nullable String whoWaitsForNothing() {
        for (int i = 0; i < channels.size(); i++) {
            Channel<Integer> channel = channels.get(i);
            boolean senderWaits = isWaited(i, true);
            boolean receiverWaits = isWaited(i, false);
            boolean nothingToWaitFor =
                    !channel.isOpen() && (senderWaits || receiverWaits)
                            || senderWaits && receiverWaits
                            || receiverWaits && channel.size() > 0
                            || senderWaits && channel.size() < histories.get(i).capacity();
            if (nothingToWaitFor) {
                return "somebody waits for what is there: " + channel + describe();
            }
        }
        return null;
    }

    private boolean isWaited(int channel, boolean send) {
        return actors.stream()
                .map(Actor::current)
                .filter(Waiting.class::isInstance)
                .flatMap(act -> ((Waiting) act).ways.stream())
                .anyMatch(way -> way.channel == channel && way.message != null == send);
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        histories.forEach(history -> text.append('\n').append(history));
        for (Actor actor : actors) {
            if (actor.current() instanceof Waiting waiting) {
                text.append('\n').append(waiting.wait);
            }
        }
        return text.toString();
    }

    /** Depth first through all sequences of choices. */
    static final class Choices {
        private int[] taken = new int[16];
        private int[] widths = new int[16];
        private int known;
        private int at;

        private int next(int width) {
            if (at == known) {
                taken = Arrays.copyOf(taken, Math.max(taken.length, 2 * (known + 1)));
                widths = Arrays.copyOf(widths, taken.length);
                taken[at] = 0;
                widths[at] = width;
                known++;
            }
            if (widths[at] != width) {
                throw new AssertionError("another world than before, at step " + at);
            }
            return taken[at++];
        }

        /** Goes on to the next sequence. False if there is none. */
        boolean advance() {
            at = 0;
            while (known > 0 && taken[known - 1] + 1 == widths[known - 1]) {
                known--;
            }
            if (known == 0) {
                return false;
            }
            taken[known - 1]++;
            return true;
        }

        @Override
        public String toString() {
            return Arrays.toString(Arrays.copyOf(taken, known));
        }
    }
}
