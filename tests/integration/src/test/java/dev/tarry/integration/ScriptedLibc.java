package dev.tarry.integration;

import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.Runtime;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the next calls of a function of libc fail, as a test says, in a JVM that was started with
 * {@link #OPTION}.
 */
public final class ScriptedLibc implements InvocationHandler {
    static final String OPTION = "-Dtarry.libc=" + ScriptedLibc.class.getName();

    private record Script(Errno error, int times, @Nullable Object argument) {
        boolean isFor(Object @Nullable [] arguments) {
            return times > 0
                    && (argument == null
                            || arguments != null && Arrays.asList(arguments).contains(argument));
        }
    }

    private static final Map<String, Script> SCRIPTS = new ConcurrentHashMap<>();
    private static final Map<String, Integer> CALLS = new ConcurrentHashMap<>();

    private final Object real;

    public ScriptedLibc(Object real) {
        this.real = real;
    }

    /** The next calls of {@code function} fail; from now on they are counted. */
    static void fail(String function, Errno error, int times) {
        CALLS.remove(function);
        SCRIPTS.put(function, new Script(error, times, null));
    }

    /** All calls of {@code function} with this argument fail. */
    static void failFor(Object argument, String function, Errno error) {
        SCRIPTS.put(function, new Script(error, Integer.MAX_VALUE, argument));
    }

    static void succeed(String function) {
        SCRIPTS.remove(function);
    }

    /** How often {@code function} was called since {@link #fail}. */
    static int calls(String function) {
        return CALLS.getOrDefault(function, 0);
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
            throws Throwable {
        String function = method.getName();
        CALLS.merge(function, 1, Integer::sum);
        Script script = SCRIPTS.get(function);
        if (script != null && script.isFor(arguments)) {
            SCRIPTS.put(function, new Script(script.error, script.times - 1, script.argument));
            LastError.setLastError(Runtime.getSystemRuntime(), script.error.intValue());
            return -1;
        }
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }
}
