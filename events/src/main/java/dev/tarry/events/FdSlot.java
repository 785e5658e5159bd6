package dev.tarry.events;

/** What one reactor knows about one open file descriptor: who waits, and what the poller does. */
final class FdSlot {
    final int fd;

    /** Tells this slot from the earlier ones of the same number. */
    final int generation;

    /** Ours alone and reported by edges, else somebody else's and reported once for each arming. */
    final boolean edge;

    final WaitQueue readers = new WaitQueue();
    final WaitQueue writers = new WaitQueue();
    final WaitQueue priority = new WaitQueue();

    /** Those who want to hear of hang-up only, which the system tells in any case. */
    final WaitQueue hangups = new WaitQueue();

    /** Edge: what it is ready for as far as we know; cleared when a call would have blocked. */
    int ready;

    /** One-shot: what the poller will report. */
    int armed;

    boolean registered;
    boolean dirty;

    /**
     * One-shot: the errno with which the poller refused it, until somebody was told; 0 for none.
     */
    int failure;

    FdSlot(int fd, int generation, boolean edge) {
        this.fd = fd;
        this.generation = generation;
        this.edge = edge;
    }

    /** The identity that travels through the poller. Not -1, since generations are positive. */
    long token() {
        return (long) generation << 32 | fd;
    }

    WaitQueue queue(int interest) {
        return switch (interest) {
            case Readiness.READ -> readers;
            case Readiness.WRITE -> writers;
            case Readiness.PRIORITY -> priority;
            case Readiness.HANGUP -> hangups;
            default -> throw new AssertionError(interest);
        };
    }

    /** What somebody waits for now. */
    int interest() {
        return (readers.isEmpty() ? 0 : Readiness.READ)
                | (writers.isEmpty() ? 0 : Readiness.WRITE)
                | (priority.isEmpty() ? 0 : Readiness.PRIORITY)
                | (hangups.isEmpty() ? 0 : Readiness.HANGUP);
    }

    void wake(int bits) {
        if ((bits & Readiness.ENDS_READ) != 0) {
            readers.wakeAll();
        }
        if ((bits & Readiness.ENDS_WRITE) != 0) {
            writers.wakeAll();
        }
        if ((bits & Readiness.ENDS_PRIORITY) != 0) {
            priority.wakeAll();
        }
        if ((bits & Readiness.ENDS_HANGUP) != 0) {
            hangups.wakeAll();
        }
    }

    void wakeAll() {
        wake(Readiness.ERROR);
    }
}
