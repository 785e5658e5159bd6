package dev.tarry.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.SteppedWait.Mistake;
import dev.tarry.runtime.SteppedWorld.Choices;
import dev.tarry.runtime.SteppedWorld.Way;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Shared channels in all orders of the steps of two or three loops: with closes, cancels and ends
 * of time at every point. Broken waits prove that the search would find what it looks for.
 */
@Timeout(120)
class SharedChannelStepsTest {

    /** What two or three loops do with channel 0, and with channel 1. */
    private enum Program {
        TWO_MESSAGES(
                world -> {
                    world.actor(world.send(0, 1), world.send(0, 2));
                    world.actor(world.receive(0), world.receive(0));
                }),
        WITHOUT_WAITING(
                world -> {
                    world.actor(world.trySend(0, 1), world.trySend(0, 2), world.trySend(0, 3));
                    world.actor(world.receive(0), world.receive(0));
                    world.actor(world.tryReceive(0));
                }),
        ROOM_AT_ONCE(
                world -> {
                    world.actor(world.send(0, 1), world.send(0, 2));
                    world.actor(world.trySend(0, 3), world.trySend(0, 4));
                    world.actor(world.tryReceive(0), world.tryReceive(0), world.tryReceive(0));
                }),
        CLOSE(
                world -> {
                    world.actor(world.send(0, 1), world.send(0, 2));
                    world.actor(world.receive(0), world.receive(0));
                    world.actor(world.close(0));
                }),
        CLOSE_AND_LOOK(
                world -> {
                    world.actor(world.send(0, 1), world.send(0, 2), world.send(0, 3));
                    world.actor(world.close(0), world.tryReceive(0), world.tryReceive(0));
                }),
        RECEIVER_CANCELLED(
                world -> {
                    var receive = world.receive(0);
                    world.actor(world.send(0, 1), world.send(0, 2));
                    world.actor(receive, world.receive(0));
                    world.actor(world.cancel(receive));
                }),
        SENDER_CANCELLED(
                world -> {
                    var send = world.send(0, 3);
                    world.actor(world.trySend(0, 1), world.trySend(0, 2), send, world.send(0, 4));
                    world.actor(world.receive(0), world.receive(0));
                    world.actor(world.cancel(send));
                }),
        BOTH_TIMED_OUT(
                world -> {
                    var send = world.send(0, 1);
                    var receive = world.receive(0);
                    world.actor(send, world.send(0, 2));
                    world.actor(receive, world.tryReceive(0));
                    world.actor(world.timeOut(receive));
                    world.actor(world.timeOut(send));
                }),
        TWO_SENDERS(
                world -> {
                    world.actor(world.send(0, 1), world.send(0, 2));
                    world.actor(world.send(0, 3));
                    world.actor(world.receive(0), world.tryReceive(0));
                }),
        TWO_RECEIVERS(
                world -> {
                    world.actor(world.send(0, 1), world.trySend(0, 2));
                    world.actor(world.receive(0));
                    world.actor(world.receive(0));
                }),
        TWO_RECEIVERS_OF_WHOM_ONE_IS_CANCELLED(
                world -> {
                    var receive = world.receive(0);
                    world.actor(world.trySend(0, 1), world.trySend(0, 2), world.tryReceive(0));
                    world.actor(receive);
                    world.actor(world.receive(0));
                    world.actor(world.cancel(receive));
                }),
        EITHER_OF_TWO(
                world -> {
                    world.actor(world.either(new Way(0, null), new Way(1, null)));
                    world.actor(world.send(0, 1), world.trySend(1, 2), world.trySend(0, 3));
                });

        private final Consumer<SteppedWorld> actors;

        Program(Consumer<SteppedWorld> actors) {
            this.actors = actors;
        }
    }

    private record Search(long orders, List<String> faults) {}

    /** Ends with the first faults. */
    private static Search all(Program program, int capacity, boolean full, Mistake mistake) {
        Choices choices = new Choices();
        List<String> faults = new ArrayList<>();
        long orders = 0;
        do {
            SteppedWorld world = new SteppedWorld(mistake, capacity, capacity);
            if (full) {
                world.fill();
            }
            program.actors.accept(world);
            String fault = world.run(choices);
            orders++;
            if (fault != null) {
                faults.add(choices + ": " + fault);
            }
        } while (faults.size() < 3 && choices.advance());
        return new Search(orders, faults);
    }

    static Stream<Arguments> programs() {
        return Arrays.stream(Program.values())
                .flatMap(
                        program ->
                                Stream.of(
                                        Arguments.of(program, 0, false),
                                        Arguments.of(program, 1, false),
                                        Arguments.of(program, 1, true),
                                        Arguments.of(program, 2, false),
                                        Arguments.of(program, 2, true)));
    }

    @ParameterizedTest(name = "{0}, capacity {1}, full: {2}")
    @MethodSource("programs")
    void noOrderOfSteps_doesWhatNoQueueDoes(Program program, int capacity, boolean full) {
        Search search = all(program, capacity, full, Mistake.NONE);
        assertThat(search.faults).isEmpty();
        assertThat(search.orders).isGreaterThan(2);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void mistakes_areFound(Mistake mistake) {
        List<String> faults = new ArrayList<>();
        for (int capacity = 0; capacity < 3; capacity++) {
            faults.addAll(all(Program.WITHOUT_WAITING, capacity, false, mistake).faults);
        }
        assertThat(faults).isNotEmpty();
    }
}
