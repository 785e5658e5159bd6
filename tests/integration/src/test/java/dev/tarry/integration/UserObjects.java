package dev.tarry.integration;

import dev.tarry.events.BaseEvent;
import dev.tarry.events.Event;
import dev.tarry.events.Outcome;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.events.Waiter;
import dev.tarry.runtime.Events;
import dev.tarry.scheduler.Scheduler;

import org.jspecify.annotations.Nullable;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;

/** Objects of users, whose methods do what {@link UserCode} says. */
final class UserObjects {
    private UserObjects() {}

    /** Like {@code real}, but for one method. */
    static <T> T like(Class<T> type, T real, String method, UserCode code) {
        return like(type, real, method, code, false);
    }

    /** The same, where the method does first what it should. */
    static <T> T likeButAfter(Class<T> type, T real, String method, UserCode code) {
        return like(type, real, method, code, true);
    }

    private static <T> T like(Class<T> type, T real, String method, UserCode code, boolean after) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (self, called, arguments) -> {
                            boolean faulty = called.getName().equals(method);
                            if (faulty && !after) {
                                code.run();
                            }
                            Object result = call(real, called, arguments);
                            if (faulty && after) {
                                code.run();
                            }
                            boolean any = !called.getReturnType().isPrimitive();
                            return faulty && any ? code.orNull(result) : result;
                        }));
    }

    private static Object call(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    enum Part {
        POLL,
        ARM,
        ARM_WHEN_QUEUED,
        DISARM,
        IS_CLAIM,
        WOKEN_ONLY_BY_TASKS,
        TO_STRING
    }

    /** An event that does it in one of its functions. */
    static final class FaultyEvent implements BaseEvent<String> {
        private final Part part;
        private final UserCode code;
        private final WaitQueue waiters = new WaitQueue();

        FaultyEvent(Part part, UserCode code) {
            this.part = part;
            this.code = code;
        }

        private void maybe(Part here) {
            if (part == here) {
                code.run();
            }
        }

        @Override
        public @Nullable Outcome<String> poll(Reactor reactor) {
            maybe(Part.POLL);
            return null;
        }

        @Override
        public void arm(Waiter waiter) {
            maybe(Part.ARM);
            waiters.add(waiter);
            code.entersAgain(() -> arm(waiter));
            maybe(Part.ARM_WHEN_QUEUED);
        }

        @Override
        public void disarm(Waiter waiter) {
            code.entersAgain(() -> disarm(waiter));
            maybe(Part.DISARM);
            waiters.remove(waiter);
        }

        @Override
        public boolean isClaim() {
            maybe(Part.IS_CLAIM);
            return true;
        }

        @Override
        public boolean wokenOnlyByTasks() {
            maybe(Part.WOKEN_ONLY_BY_TASKS);
            return false;
        }

        @Override
        public String toString() {
            maybe(Part.TO_STRING);
            return code.orNull("faulty " + part);
        }
    }

    static final class FaultyList extends AbstractList<Event<?>> {
        private final UserCode code;
        private final boolean inSize;

        FaultyList(UserCode code, boolean inSize) {
            this.code = code;
            this.inSize = inSize;
        }

        @Override
        public Event<?> get(int index) {
            return Events.after(Duration.ofMillis(1));
        }

        @Override
        public Iterator<Event<?>> iterator() {
            return inSize ? super.iterator() : code.or(super.iterator());
        }

        @Override
        public int size() {
            if (inSize) {
                code.run();
            }
            return 2;
        }
    }

    /** A waiter of a user's own, who has a use for an event outside of any wait. */
    static final class FaultyWaiter extends Waiter {
        private final Reactor reactor = Scheduler.current().reactor();
        private final BaseEvent<?> event;
        private final UserCode code;
        private final boolean inCommit;
        boolean woken;

        FaultyWaiter(BaseEvent<?> event, UserCode code, boolean inCommit) {
            this.event = event;
            this.code = code;
            this.inCommit = inCommit;
            code.closes(() -> event.disarm(this));
            code.entersAgain(this::wake);
        }

        @Override
        public Reactor reactor() {
            return reactor;
        }

        @Override
        public BaseEvent<?> event() {
            return event;
        }

        @Override
        public void wake() {
            woken = true;
            if (!inCommit) {
                code.run();
            }
        }

        @Override
        public boolean commit(Outcome<?> outcome) {
            if (inCommit) {
                code.run();
            }
            return false;
        }
    }

    /** A failure that cannot say what it is. */
    static final class FaultyFailure extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient UserCode code;
        private final String method;

        FaultyFailure(UserCode code, String method) {
            this.code = code;
            this.method = method;
        }

        private <T> @Nullable T maybe(String here, @Nullable T normal) {
            if (!method.equals(here)) {
                return normal;
            }
            code.run();
            return code.orNull(normal);
        }

        @Override
        public @Nullable String getMessage() {
            return maybe("getMessage", "it is faulty");
        }

        @Override
        public @Nullable String toString() {
            return maybe("toString", "a faulty failure");
        }

        @Override
        public synchronized @Nullable Throwable getCause() {
            return maybe("getCause", null);
        }
    }

    /** A process like {@code real}, but for one method. */
    static class FaultyProcess extends Process {
        private final Process real;
        private final String method;
        private final UserCode code;

        FaultyProcess(Process real, String method, UserCode code) {
            this.real = real;
            this.method = method;
            this.code = code;
        }

        private <T> T maybe(String here, T normal) {
            return method.equals(here) ? code.or(normal) : normal;
        }

        private void maybe(String here) {
            if (method.equals(here)) {
                code.run();
            }
        }

        @Override
        public long pid() {
            maybe("pid");
            return real.pid();
        }

        @Override
        public boolean isAlive() {
            maybe("isAlive");
            return real.isAlive();
        }

        @Override
        public ProcessHandle toHandle() {
            return maybe("toHandle", real.toHandle());
        }

        @Override
        public CompletableFuture<Process> onExit() {
            return maybe("onExit", real.onExit().thenApply(ended -> this));
        }

        @Override
        public int exitValue() {
            maybe("exitValue");
            return real.exitValue();
        }

        @Override
        public OutputStream getOutputStream() {
            return real.getOutputStream();
        }

        @Override
        public InputStream getInputStream() {
            return real.getInputStream();
        }

        @Override
        public InputStream getErrorStream() {
            return real.getErrorStream();
        }

        @Override
        public int waitFor() throws InterruptedException {
            return real.waitFor();
        }

        @Override
        public void destroy() {
            real.destroy();
        }
    }
}
