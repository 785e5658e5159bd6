package dev.tarry.integration;

import dev.tarry.scheduler.Scheduler;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * One place where the library calls a user's code or object.
 *
 * @param name what the tests and {@link PublicCallbacks} call it
 * @param faults which make sense there
 * @param silent what goes wrong there is told to nobody, since all that is lost is a word in a text
 * @param scheduler on which it is tried; a part of it may be the user's
 * @param isPart whether that is so: then the scheduler may end, in order
 * @param carriers on which it is called
 * @param with what a task does so that it is called
 */
record UserPlace(
        String name,
        Set<UserFault> faults,
        boolean silent,
        Function<UserCode, Scheduler.Builder> scheduler,
        boolean isPart,
        List<String> carriers,
        With with) {

    /** What a task does so that the user's code is called. */
    interface With {
        void with(UserCode code) throws Exception;
    }

    /** What can be done wrong anywhere. */
    private static final Set<UserFault> ALWAYS =
            EnumSet.complementOf(EnumSet.of(UserFault.CLOSES, UserFault.RETURNS_NULL));

    private static final List<String> BOTH = List.of("loop", "handoff");

    static UserPlace of(String name, With with) {
        return new UserPlace(name, ALWAYS, false, c -> Scheduler.builder(), false, BOTH, with);
    }

    /** A part of the scheduler is a user's. */
    static UserPlace part(String name, Function<UserCode, Scheduler.Builder> scheduler, With with) {
        return new UserPlace(name, ALWAYS, false, scheduler, true, BOTH, with);
    }

    UserPlace and(UserFault... more) {
        Set<UserFault> all = EnumSet.copyOf(faults);
        all.addAll(Arrays.asList(more));
        return new UserPlace(name, all, silent, scheduler, isPart, carriers, with);
    }

    UserPlace returning() {
        return and(UserFault.RETURNS_NULL);
    }

    UserPlace closing() {
        return and(UserFault.CLOSES);
    }

    /** The other carrier does not call it. */
    UserPlace onLoopOnly() {
        return new UserPlace(name, faults, silent, scheduler, isPart, List.of("loop"), with);
    }

    UserPlace silently() {
        return new UserPlace(name, faults, true, scheduler, isPart, carriers, with);
    }
}
