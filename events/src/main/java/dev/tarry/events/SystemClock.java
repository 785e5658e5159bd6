package dev.tarry.events;

/** The clock of the machine. One, so that schedulers can be asked whether they go by the same. */
final class SystemClock implements Clock {
    static final SystemClock INSTANCE = new SystemClock();

    private SystemClock() {}

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public String toString() {
        return "the clock of the machine";
    }
}
