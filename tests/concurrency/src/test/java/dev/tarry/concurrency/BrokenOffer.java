package dev.tarry.concurrency;

/** The offer of the library with a mistake: it checks in one step and sets in another. */
final class BrokenOffer {
    private static final int OPEN = 0;
    private static final int TAKEN = 1;
    private static final int WITHDRAWN = 2;

    private volatile int state = OPEN;

    boolean take() {
        if (state != OPEN) {
            return false;
        }
        state = TAKEN; // somebody else may have been here since
        return true;
    }

    /** Whether it was taken. */
    boolean withdraw() {
        if (state == OPEN) {
            state = WITHDRAWN;
            return false;
        }
        return state == TAKEN;
    }
}
