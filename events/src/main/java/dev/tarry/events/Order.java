package dev.tarry.events;

/** Which of several events that are ready goes first, where only one can. */
public enum Order {
    /**
     * The start rotates: what is always ready is taken within n waits for the same n events.
     * Nothing else is said of the order.
     */
    FAIR,
    /** The first one listed goes first, at each wait; the others may starve. */
    LISTED
}
