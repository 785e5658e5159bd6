package dev.tarry.events;

/**
 * What a file descriptor is ready for. Hang-up and error are always told, asked for or not: reading
 * or writing then does not block, and says what happened.
 */
public final class Readiness {
    /** The bit of {@link Poller} for data to read, or the end of them. */
    public static final int READ = 1;

    /** The bit for room to write. */
    public static final int WRITE = 2;

    /** The bit for priority data. */
    public static final int PRIORITY = 4;

    /** The bit for a peer that writes no more. */
    public static final int READ_HANGUP = 8;

    /** The bit for a peer that has gone. */
    public static final int HANGUP = 16;

    /** The bit for an error. */
    public static final int ERROR = 32;

    /** What ends a wait for reading, for writing, for priority data. */
    static final int ENDS_READ = READ | READ_HANGUP | HANGUP | ERROR;

    static final int ENDS_WRITE = WRITE | HANGUP | ERROR;
    static final int ENDS_PRIORITY = PRIORITY | HANGUP | ERROR;
    static final int ENDS_HANGUP = HANGUP | ERROR;

    // One outcome for each combination, so that telling readiness allocates nothing.
    private static final Outcome<Readiness>[] OUTCOMES = outcomes();

    private final int bits;

    private Readiness(int bits) {
        this.bits = bits;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Outcome<Readiness>[] outcomes() {
        Outcome[] all = new Outcome[64];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Outcome.Value<>(new Readiness(i));
        }
        return (Outcome<Readiness>[]) all;
    }

    static Outcome<Readiness> outcome(int bits) {
        return OUTCOMES[bits];
    }

    /** A read returns at once: with data, with the end of the stream, or with an error. */
    public boolean isReadable() {
        return (bits & ENDS_READ) != 0;
    }

    /** A write takes at least one byte, or says why not. */
    public boolean isWritable() {
        return (bits & ENDS_WRITE) != 0;
    }

    /** There is priority (out-of-band) data, or a file-specific exceptional condition. */
    public boolean isPriority() {
        return (bits & PRIORITY) != 0;
    }

    /** The peer has closed both ways, or at least its writing side. */
    public boolean isHangup() {
        return (bits & (HANGUP | READ_HANGUP)) != 0;
    }

    /** The descriptor is in an error state. */
    public boolean isError() {
        return (bits & ERROR) != 0;
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder();
        String[] names = {"readable", "writable", "priority", "read-hangup", "hangup", "error"};
        for (int i = 0; i < names.length; i++) {
            if ((bits & 1 << i) != 0) {
                s.append(s.isEmpty() ? "" : "+").append(names[i]);
            }
        }
        return s.isEmpty() ? "nothing" : s.toString();
    }
}
