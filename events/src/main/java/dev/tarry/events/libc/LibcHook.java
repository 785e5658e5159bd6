package dev.tarry.events.libc;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Lets a test stand between us and libc, to make system calls fail. The system property {@code
 * tarry.libc} names a class that implements {@link InvocationHandler} and has a public constructor
 * that takes the real binding. It is read once, when the binding is loaded; without it there is
 * nothing in between.
 */
public final class LibcHook {
    private static final String PROPERTY = "tarry.libc";

    private LibcHook() {}

    /** What is wrong with the property; null if nothing is. Loads nothing yet. */
    public static @Nullable String complaint() {
        String name = System.getProperty(PROPERTY);
        if (name == null) {
            return null;
        }
        try {
            Class<?> named = Class.forName(name, false, LibcHook.class.getClassLoader());
            var unused = named.asSubclass(InvocationHandler.class).getConstructor(Object.class);
            return null;
        } catch (ReflectiveOperationException | ClassCastException e) {
            return PROPERTY
                    + " is a class that implements InvocationHandler, with a public constructor"
                    + " that takes the binding, not '"
                    + name
                    + "'";
        }
    }

    static LibcFunctions around(LibcFunctions loaded) {
        String name = System.getProperty(PROPERTY);
        if (name == null) {
            return loaded;
        }
        try {
            Object handler = Class.forName(name).getConstructor(Object.class).newInstance(loaded);
            return (LibcFunctions)
                    Proxy.newProxyInstance(
                            LibcFunctions.class.getClassLoader(),
                            new Class<?>[] {LibcFunctions.class},
                            (InvocationHandler) handler);
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new IllegalStateException(
                    "the property " + PROPERTY + " names " + name + ", which cannot be used", e);
        }
    }
}
