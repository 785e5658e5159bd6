package dev.tarry.testkit;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;

/**
 * A method of a test, to be called in a task: by a handle, since reflection may leave a native
 * frame on the stack, below which no task can wait.
 */
final class Invocation {
    private final MethodHandle handle;

    Invocation(Method method, Object target) {
        try {
            method.setAccessible(true);
            handle =
                    MethodHandles.lookup()
                            .unreflect(method)
                            .bindTo(target)
                            .asSpreader(Object[].class, method.getParameterCount());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " cannot be called", e);
        }
    }

    void call(@Nullable Object[] arguments) throws Exception {
        try {
            handle.invoke(arguments);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }
}
