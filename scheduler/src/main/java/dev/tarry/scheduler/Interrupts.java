package dev.tarry.scheduler;

import org.jspecify.annotations.Nullable;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.Set;

/**
 * Learns of {@code Thread.interrupt} on the thread of a waiting task. A task that waits has yielded
 * its thread, and for a yielded thread the JDK only sets a flag. But it also calls back the
 * selector that a thread says it is blocked on, and whoever extends {@link AbstractSelector} may be
 * one.
 *
 * <p>Saying so takes a lock, a tenth of the cost of a switch. It stays said until the thread uses a
 * channel of the JDK, so if we may look at what the thread has said last, once is enough.
 */
final class Interrupts extends AbstractSelector {
    private final Runnable interrupted;

    /** What the JDK calls back for this selector, once it was seen. */
    private @Nullable Object ours;

    /**
     * @param interrupted called on the interrupting thread
     */
    Interrupts(Runnable interrupted) {
        super(null);
        this.interrupted = interrupted;
    }

    /** From now on the current thread's interrupts are told. */
    void watchCurrentThread() {
        Object before = blocker();
        if (before == null || before != ours) {
            begin();
            ours = blocker();
        }
    }

    private static @Nullable Object blocker() {
        try {
            return LoopCarrier.BLOCKER == null
                    ? null
                    : (Object) LoopCarrier.BLOCKER.invokeExact(Thread.currentThread());
        } catch (Throwable t) {
            throw new AssertionError(t); // a getter
        }
    }

    /** No longer. */
    void forgetCurrentThread() {
        end();
    }

    @Override
    public Selector wakeup() {
        interrupted.run();
        return this;
    }

    @Override
    protected void implCloseSelector() {}

    @Override
    protected SelectionKey register(AbstractSelectableChannel ch, int ops, Object att) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SelectionKey> keys() {
        return Set.of();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        return Set.of();
    }

    @Override
    public int selectNow() {
        return 0;
    }

    @Override
    public int select(long timeout) {
        return 0;
    }

    @Override
    public int select() {
        return 0;
    }
}
