package dev.tarry.integration;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Scope;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The code of a user in one run: does the fault whenever it is called, from whatever thread, and
 * notes what it has thrown. The place says what can be entered again, and closed.
 */
final class UserCode implements Runnable {
    private final UserFault fault;
    private final AtomicBoolean within = new AtomicBoolean();
    private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    private volatile boolean called;
    private volatile boolean waitsForBegin;
    private volatile Body again = () -> {};
    private volatile @Nullable Body closing;
    private volatile @Nullable Task<?> task;
    private volatile @Nullable Scope scope;

    UserCode(UserFault fault) {
        this.fault = fault;
    }

    // ---- what the place says

    /** Whom the faults that cancel are meant for: the current task, in this scope. */
    void isFor(Scope scope) {
        this.task = Task.current();
        this.scope = scope;
    }

    /** What it means to enter again. */
    UserCode entersAgain(Body again) {
        this.again = again;
        return this;
    }

    /** What there is to be closed. */
    UserCode closes(Body closing) {
        this.closing = closing;
        return this;
    }

    /** Part of a scheduler, which has to be whole until there are tasks in it. */
    UserCode afterBegin() {
        waitsForBegin = true;
        return this;
    }

    void begin() {
        waitsForBegin = false;
    }

    // ---- what the library calls

    @Override
    public void run() {
        if (waitsForBegin) {
            return;
        }
        called = true;
        try {
            fault.happen(this);
        } catch (Throwable t) {
            thrown.add(t);
            throw UserCode.<RuntimeException>sneaky(t);
        }
    }

    /** Answers {@code normal}, or null if that is the fault. */
    <T> T or(T normal) {
        run();
        return orNull(normal);
    }

    @SuppressWarnings("NullAway") // that is the fault
    <T> T orNull(@Nullable T normal) {
        return fault == UserFault.RETURNS_NULL && !waitsForBegin ? null : normal;
    }

    // ---- what the faults do

    void again() throws Exception {
        if (within.compareAndSet(false, true)) {
            try {
                again.run();
            } finally {
                within.set(false);
            }
        }
    }

    void close() throws Exception {
        Body body = closing;
        if (body != null) {
            body.run();
        }
    }

    void cancelTask() {
        Task<?> own = task;
        if (own != null) {
            own.cancel();
        }
    }

    void cancelScope() {
        Scope own = scope;
        if (own != null) {
            own.cancel();
        }
    }

    // ---- what is asked afterwards

    boolean wasCalled() {
        return called;
    }

    /** What it has thrown, the last times perhaps the same again. */
    Queue<Throwable> thrown() {
        return thrown;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler need not know
    static <X extends Throwable> X sneaky(Throwable t) throws X {
        throw (X) t;
    }
}
