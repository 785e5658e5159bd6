package dev.tarry.events;

/**
 * Code that another thread runs for a task of a loop, from the moment it is handed over until its
 * task is told that it has come to its end. The {@linkplain Clock#begun clock} of the loop is told
 * of it, since a clock that jumps while nothing happens on the loop must not jump over this.
 */
public interface Work {

    /** Tells the task that waits for it. Called once, on the loop. */
    void tell();
}
