package dev.tarry.testkit;

import dev.tarry.runtime.Body;

import org.jspecify.annotations.Nullable;

/**
 * Runs a small program in every order that its tasks can run in: not a search by luck, as with
 * seeds, but a proof, for as much of the program as fits. Depth first; the number of orders grows
 * like a factorial, so three tasks with a few waits each are a good size.
 *
 * <pre>{@code
 * Explorer.prove(() -> { ... });
 * }</pre>
 *
 * <p>An order is which of the ready tasks goes on, whenever there are several. Not gone through are
 * the times at which the system reports something, and virtual time passes only when all tasks
 * wait, so that a timeout never comes before what is ready.
 *
 * <p>The body must do the same whenever the order is the same. It is compared with its earlier runs
 * at each choice that they have in common, and a body that varies is refused: it might be one in
 * which the bug was just not there. It must have an end in each order, too; one that yields until
 * something has happened has infinitely many.
 *
 * <p>A failure says its schedule: the choices, one number for each moment at which several tasks
 * were ready. The system property {@code tarry.schedule}, or {@link #replay}, runs just that one.
 */
public final class Explorer {
    static final String PROPERTY = "tarry.schedule";

    /** So many schedules, if no bound is named: some minutes. */
    private static final int MANY = 1_000_000;

    /** A program in which the JDK blocks a task so often is meant to be so. */
    private static final int MOST_TRIES = 5;

    /**
     * What was explored.
     *
     * @param schedules how many orders were run
     * @param complete whether these were all
     */
    public record Exploration(int schedules, boolean complete) {}

    private Explorer() {}

    /**
     * Runs {@code body} in all orders, a million at most.
     *
     * @see #prove(int, Body)
     */
    public static Exploration prove(Body body) {
        return prove(MANY, body);
    }

    /**
     * Runs {@code body} in all orders. It does not return unless they were all and all were good,
     * not even when the property {@code tarry.schedule} asks for one of them. Some of the orders
     * are run twice, and the two runs compared to their end.
     *
     * @param mostSchedules the bound
     * @throws SimulationFailedError with the first schedule that fails; or, with a {@link
     *     DivergedException} as the cause, if the body is not the same in each run
     * @throws AssertionError if there are more schedules than the bound
     */
    public static Exploration prove(int mostSchedules, Body body) {
        Exploration all = bounded(search(mostSchedules, Explorer::isRunTwice, body));
        if (!all.complete()) {
            throw new AssertionError(
                    "the schedule of -D"
                            + PROPERTY
                            + " is good, which is one order and no proof; run without the property"
                            + " for all of them");
        }
        return all;
    }

    // The choices that two runs share are compared anyway; this is for what follows the last one.
    private static boolean isRunTwice(int schedules, boolean isLast) {
        return isLast || Integer.bitCount(schedules) == 1;
    }

    /**
     * Runs {@code body} in all orders, in each of them once, or in the one that the property {@code
     * tarry.schedule} names.
     *
     * @param mostSchedules the bound
     * @throws SimulationFailedError with the first schedule that fails; or, with a {@link
     *     DivergedException} as the cause, if the body is not the same in each run
     * @throws AssertionError if there are more schedules than the bound
     */
    public static Exploration explore(int mostSchedules, Body body) {
        return bounded(exploreSome(mostSchedules, body));
    }

    private static Exploration bounded(Exploration found) {
        if (!found.complete() && System.getProperty(PROPERTY) == null) {
            throw new AssertionError(
                    String.format(
                            "all of %,d schedules were good, and there are more: this is no proof."
                                    + " Raise the bound, make the program smaller, or call"
                                    + " Explorer.exploreSome if some of them are enough",
                            found.schedules()));
        }
        return found;
    }

    /**
     * Runs {@code body} in one order after the other until the bound is reached, which is no
     * failure: the answer says whether these were all.
     *
     * @param mostSchedules the bound
     * @throws SimulationFailedError with the first schedule that fails; or, with a {@link
     *     DivergedException} as the cause, if the body is not the same in each run
     */
    public static Exploration exploreSome(int mostSchedules, Body body) {
        // If there was but one, nothing was compared with it.
        return search(mostSchedules, (schedules, isLast) -> isLast && schedules == 1, body);
    }

    private interface Repetition {
        boolean isWanted(int schedules, boolean isLast);
    }

    private static Exploration search(int most, Repetition repetition, Body body) {
        if (most < 1) {
            throw new IllegalArgumentException("no schedules at all: " + most);
        }
        String only = System.getProperty(PROPERTY);
        if (only != null) {
            var unused = run(ChoiceScript.parse(only), Replay.namedTrace(), body);
            return new Exploration(1, false);
        }
        @Nullable ChoiceScript script = ChoiceScript.first();
        ChoiceScript first = script;
        int schedules = 0;
        while (script != null && schedules < most) {
            ChoiceScript done = runUnblocked(script, body);
            first = schedules++ == 0 ? done : first;
            script = done.next();
            if (repetition.isWanted(schedules, script == null)) {
                var unused = runUnblocked(done.again(), body);
            }
        }
        if (script == null && repetition.isWanted(1, false)) {
            var unused = runUnblocked(first.again(), body); // all that came since were as it was
        }
        return new Exploration(schedules, script == null);
    }

    /**
     * Runs {@code body} in one order.
     *
     * @param schedule as a failure has told it: {@code 0.2.1}
     */
    public static SimulationResult replay(String schedule, Body body) {
        return run(ChoiceScript.parse(schedule), null, body);
    }

    /** A lock of the JDK, which is no choice of ours, may come in between: then once more. */
    private static ChoiceScript runUnblocked(ChoiceScript script, Body body) {
        ChoiceScript attempt = script;
        for (int tries = 1; ; tries++) {
            try {
                var unused = run(attempt, null, body);
                if (!attempt.trace().isBlocked()) {
                    return attempt;
                }
            } catch (SimulationFailedError e) {
                if (!attempt.trace().isBlocked() || tries == MOST_TRIES) {
                    throw e;
                }
            }
            if (tries == MOST_TRIES) {
                throw new IllegalStateException(
                        "the body calls what blocks in the JDK (a sleep, a lock, a socket), and"
                                + " nobody decides when it goes on: "
                                + attempt.trace().blockedTask()
                                + "; its orders cannot be explored");
            }
            attempt = attempt.afresh(null);
        }
    }

    private static SimulationResult run(
            ChoiceScript script, @Nullable Long expectedTrace, Body body) {
        return Replay.once(
                earlier -> {
                    ChoiceScript now = earlier == null ? script : script.afresh(earlier);
                    return Simulation.builder()
                            .order(now, "a schedule")
                            .trace(now.trace())
                            .expectTrace(expectedTrace)
                            .replay(trace -> Replay.of(trace, PROPERTY + "=" + now));
                },
                body);
    }
}
