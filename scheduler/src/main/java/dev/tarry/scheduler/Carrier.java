package dev.tarry.scheduler;

import dev.tarry.events.SettingException;
import dev.tarry.events.internal.Settings;

/**
 * How a task gets onto its virtual thread and off it again. There are two: {@link LoopCarrier} and,
 * where the JDK does not let us in, {@link HandoffCarrier}. What tasks see is the same.
 */
sealed interface Carrier permits LoopCarrier, HandoffCarrier {

    /** What the run queue will hold of {@code task}, and this carrier keeps for it. */
    Task.Turn newTurn(Task<?> task);

    /** Makes the thread of {@code task}, not started. Its turn is there. */
    Thread newThread(Task<?> task, Runnable body);

    /** Makes {@code task} ready for its first run. */
    void start(Task<?> task);

    /** Runs {@code task} until it parks, yields, blocks or ends. Called by the loop. */
    void run(Task<?> task);

    /**
     * Leaves the loop until {@link #run} comes back to this task. Called by the task, whose state
     * says already what it is to be meanwhile.
     *
     * @return false if it could not leave, since a native frame or a static initializer is on its
     *     stack; then nothing has happened
     */
    boolean leave(Task<?> task);

    /**
     * Lets the others run first. Called by the task. Does nothing where {@link #leave} could not.
     */
    void yield(Task<?> task);

    /** The property value that asks for this one, for messages. */
    String name();

    /**
     * The fast one if the JDK lets us, unless the property {@code tarry.carrier} says otherwise.
     *
     * @param loopRequired whether it must be that one
     */
    static Carrier choose(Scheduler scheduler, boolean loopRequired) {
        return switch (Settings.carrier()) {
            case "loop" -> {
                if (!LoopCarrier.isAvailable()) {
                    throw new SettingException(
                            "tarry.carrier cannot be loop: the loop carrier needs the JVM flag "
                                    + LoopCarrier.FLAG);
                }
                yield LoopCarrier.open(scheduler);
            }
            case "handoff" -> {
                if (loopRequired) {
                    throw new IllegalStateException(
                            "the loop carrier is required here, and -Dtarry.carrier=handoff asks"
                                    + " for the other one");
                }
                yield new HandoffCarrier(scheduler);
            }
            default ->
                    loopRequired || LoopCarrier.isAvailable()
                            ? LoopCarrier.open(scheduler)
                            : HandoffCarrier.announced(scheduler, LoopCarrier.FLAG);
        };
    }
}
