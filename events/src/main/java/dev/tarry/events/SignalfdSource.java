package dev.tarry.events;

import dev.tarry.events.libc.Libc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A signal by signalfd(2), for one that all threads of this process block.
 *
 * <p>Some facts about signalfd:
 *
 * <ul>
 *   <li>It holds nothing. Reading takes from the signals that are pending for the process (and
 *       those for the reading thread alone); what nobody reads stays there, blocked, and outlives
 *       the descriptor. So each subscription has one of its own, none has to be handed over when a
 *       subscription closes, and a loop that is stuck does not keep signals from the others.
 *   <li>Each signal is read once, whichever descriptor is quicker. Whoever reads it tells all
 *       subscriptions.
 *   <li>What was pending before the subscription was opened is delivered to it.
 *   <li>Real-time signals are queued, in order. Standard ones that are sent again before they were
 *       read are merged by the kernel, which keeps the first one's sender.
 *   <li>A signal that is sent to another thread alone (pthread_kill) is never seen.
 * </ul>
 */
final class SignalfdSource implements SignalSource {
    private static final int SFD_NONBLOCK = 0x800;
    private static final int SFD_CLOEXEC = 0x80000;

    /** sigset_t of the C library. The kernel reads only the first 8 bytes. */
    private static final int SIGSET_SIZE = 128;

    /** A storm of signals is read in parts, so that the loop's tasks run in between. */
    private static final int SIGNALS_PER_READ = 64;

    private final Signal signal;

    // Any thread.
    private final Map<SignalSubscription, FdReader> readers = new ConcurrentHashMap<>();
    private final AtomicBoolean reading = new AtomicBoolean();

    // By whoever has set `reading`.
    private final ByteBuffer siginfos = Libc.struct(SIGNALS_PER_READ * SignalInfo.SIZE);

    SignalfdSource(Signal signal) {
        this.signal = signal;
    }

    @Override
    public void add(SignalSubscription subscription) {
        try {
            Fd fd = open();
            FdReader reader = FdReader.start(subscription.reactor(), fd, () -> readSome(fd));
            readers.put(subscription, reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Fd open() throws ErrnoException {
        ByteBuffer mask = Libc.struct(SIGSET_SIZE).putLong(0, 1L << (signal.number() - 1));
        int fd = Libc.orErrno(Libc.functions().signalfd(-1, mask, SFD_NONBLOCK | SFD_CLOEXEC));
        if (fd < 0) {
            throw new ErrnoException("signalfd", "signal " + signal, -fd);
        }
        return Fd.opened(fd, "signalfd " + fd + " of " + signal);
    }

    @Override
    public void remove(SignalSubscription subscription) {
        FdReader reader = readers.remove(subscription);
        if (reader != null) {
            reader.stop();
        }
    }

    @Override
    public boolean isUnused() {
        return readers.isEmpty();
    }

    /**
     * Reads some signals and tells them to all: in one step, since two loops that read at the same
     * time would otherwise tell them in another order than they came. A loop does not wait for the
     * other one, it comes again: were it to sleep for a lock that one of its own tasks is waiting
     * for, too, neither would ever run.
     *
     * @return whether there may be more
     */
    private boolean readSome(Fd fd) throws IOException {
        if (!reading.compareAndSet(false, true)) {
            return true;
        }
        try {
            return readAndTell(fd);
        } finally {
            reading.set(false);
        }
    }

    private boolean readAndTell(Fd fd) throws IOException {
        int n = fd.read(siginfos.clear()) / SignalInfo.SIZE;
        if (n <= 0) {
            return false;
        }
        List<SignalInfo> infos = new ArrayList<>(n);
        for (int i = 0; i < n; i++) {
            infos.add(SignalInfo.at(siginfos, i * SignalInfo.SIZE));
        }
        readers.keySet().forEach(subscription -> subscription.deliver(signal, infos));
        return n == SIGNALS_PER_READ;
    }
}
