package dev.tarry.testkit;

import dev.tarry.runtime.Body;

import org.jspecify.annotations.Nullable;

/**
 * Runs a small program in every order that its tasks can run in: not a search by luck, as with
 * seeds, but a proof, for as much of the program as fits. Depth first; the number of orders grows
 * like a factorial, so three tasks with a few waits each are a good size.
 *
 * <pre>{@code
 * Exploration all = Explorer.explore(100_000, () -> { ... });
 * assert all.complete();
 * }</pre>
 *
 * <p>A failure says its schedule: the choices, one number for each moment at which several tasks
 * were ready. The system property {@code tarry.schedule}, or {@link #replay}, runs just that one.
 */
public final class Explorer {
    private static final String PROPERTY = "tarry.schedule";

    /**
     * What was explored.
     *
     * @param schedules how many orders were run
     * @param complete whether these were all
     */
    public record Exploration(int schedules, boolean complete) {}

    private Explorer() {}

    /**
     * Runs {@code body} in one order after the other.
     *
     * @param mostSchedules the bound
     * @throws SimulationFailedError with the first schedule that fails
     */
    public static Exploration explore(int mostSchedules, Body body) {
        String only = System.getProperty(PROPERTY);
        if (only != null) {
            var unused = replay(only, body);
            return new Exploration(1, false);
        }
        @Nullable ChoiceScript script = new ChoiceScript();
        int schedules = 0;
        while (script != null && schedules < mostSchedules) {
            var unused = run(script, body);
            schedules++;
            script = script.next();
        }
        return new Exploration(schedules, script == null);
    }

    /**
     * Runs {@code body} in one order.
     *
     * @param schedule as a failure has told it: {@code 0.2.1}
     */
    public static SimulationResult replay(String schedule, Body body) {
        return run(ChoiceScript.parse(schedule), body);
    }

    private static SimulationResult run(ChoiceScript script, Body body) {
        return Simulation.builder()
                .order(script, "a schedule")
                .replay(() -> "-D" + PROPERTY + "=" + script)
                .run(body);
    }
}
