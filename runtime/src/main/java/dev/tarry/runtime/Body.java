package dev.tarry.runtime;

/** The code of a task that returns nothing. */
@FunctionalInterface
public interface Body {
    /** Runs it. What it throws goes to the scope of the task. */
    void run() throws Exception;
}
