package dev.tarry.integration;

import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.Runtime;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * A libc, or a kernel, in which one function is missing or forbidden: for the property {@code
 * tarry.libc}. {@code lacking} is a pattern of its name, {@code lacking.how} an errno or MISSING.
 */
public final class LackingLibc implements InvocationHandler {
    private final Object real;
    private final String lacking = System.getProperty("lacking", "");
    private final String how = System.getProperty("lacking.how", "");

    public LackingLibc(Object real) {
        this.real = real;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
            throws Throwable {
        String name = method.getName();
        if (!name.matches(lacking)) {
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
        if (how.equals("MISSING")) {
            throw new UnsatisfiedLinkError("unable to locate symbol " + name);
        }
        int errno = Errno.valueOf(how).intValue();
        if (name.startsWith("posix_spawn")) {
            return errno;
        }
        LastError.setLastError(Runtime.getSystemRuntime(), errno);
        return -1;
    }
}
