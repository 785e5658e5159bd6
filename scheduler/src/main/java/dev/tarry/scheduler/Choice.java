package dev.tarry.scheduler;

/** Which claim a wait takes when several are ready. Level events are all told in any case. */
public enum Choice {
    /**
     * The start rotates: a claim that is always ready is taken within n waits for the same n
     * events.
     */
    FAIR,
    /** The first one listed wins. */
    ORDERED
}
