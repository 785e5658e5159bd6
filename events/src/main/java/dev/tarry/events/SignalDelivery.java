package dev.tarry.events;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * One delivery of a signal. Sender and value are kept for the first 65,536 deliveries that wait to
 * be received; those beyond are counted only.
 *
 * @param signal which one
 * @param count how many of this signal the subscription has handed out, this one included
 * @param sender who sent it. Known only of a signal that is blocked in all threads of this process
 *     (see {@link SignalSubscription}); and not if the kernel sent it (Ctrl-C, the terminal's size)
 * @param value what the sender gave along with sigqueue(3), known in the same case
 */
public record SignalDelivery(
        Signal signal, long count, Optional<Sender> sender, OptionalInt value) {

    /** One of which nothing more is known. */
    public SignalDelivery(Signal signal, long count) {
        this(signal, count, Optional.empty(), OptionalInt.empty());
    }

    /** For people: {@code USR1 (3) from pid 4711, value 5}. */
    @Override
    public String toString() {
        return signal
                + " ("
                + count
                + ")"
                + sender.map(s -> " from pid " + s.pid()).orElse("")
                + (value.isPresent() ? ", value " + value.getAsInt() : "");
    }

    /**
     * A process that sent a signal. By now it may have ended, and its pid be another's.
     *
     * @param pid its pid, as this process sees it
     * @param uid its real user id
     */
    public record Sender(long pid, int uid) {}
}
