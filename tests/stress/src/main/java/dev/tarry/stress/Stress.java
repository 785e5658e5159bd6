package dev.tarry.stress;

/** A stress program: it does one thing many times, at random, and keeps an account of it. */
public interface Stress {
    /** How it is called on the command line. */
    String name();

    /** One sentence on what it does and checks. */
    String what();

    /** How often in a build: a second or two. */
    long few();

    /** How often when it is asked for: until a rare race should have shown. */
    long many();

    /** Whether it is about descriptors, so that each backend should be tried. */
    default boolean usesFds() {
        return false;
    }

    /**
     * Runs it, on a platform thread.
     *
     * @throws AssertionError if the account does not balance
     */
    void run(Run run) throws Exception;
}
