package dev.tarry.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;

/** Runs the method of a {@link TarryTest} itself, once for each seed, instead of JUnit. */
final class TarryTestExtension implements InvocationInterceptor, ParameterResolver {
    private static final String SEEDS_PROPERTY = "tarry.seeds";

    TarryTestExtension() {}

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension) {
        invocation.skip();
        Method method = context.getExecutable();
        MethodHandle handle = handle(method, extension.getRequiredTestInstance());
        Object[] arguments = context.getArguments().toArray();
        OpenFiles before = OpenFiles.now();
        Long only = Long.getLong(Simulation.SEED_PROPERTY);
        if (only != null) {
            run(only, method, handle, arguments, before);
            return;
        }
        long seeds = Long.getLong(SEEDS_PROPERTY, annotation(method).seeds());
        for (long seed = 1; seed <= seeds; seed++) {
            run(seed, method, handle, arguments, before);
        }
    }

    // A handle, since reflection may leave a native frame on the stack, below which no task can
    // wait.
    private static MethodHandle handle(Method method, Object target) {
        try {
            method.setAccessible(true);
            return MethodHandles.lookup()
                    .unreflect(method)
                    .bindTo(target)
                    .asSpreader(Object[].class, method.getParameterCount());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " cannot be called", e);
        }
    }

    private static TarryTest annotation(Method method) {
        return AnnotationSupport.findAnnotation(method, TarryTest.class).orElseThrow();
    }

    private static void run(
            long seed, Method method, MethodHandle handle, Object[] arguments, OpenFiles before) {
        try {
            var unused =
                    Simulation.builder()
                            .seed(seed)
                            .openBefore(before)
                            .replay(() -> replay(seed, method))
                            .run(() -> invoke(handle, arguments));
        } catch (SimulationFailedError e) {
            if (e.getCause() instanceof TestAbortedException assumption) {
                throw assumption;
            }
            throw e;
        }
    }

    private static String replay(long seed, Method method) {
        return "-D"
                + Simulation.SEED_PROPERTY
                + "="
                + seed
                + " -Dtest="
                + method.getDeclaringClass().getSimpleName()
                + "#"
                + method.getName();
    }

    private static void invoke(MethodHandle method, Object[] given) throws Exception {
        Object[] arguments = given.clone();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] == null) { // the one that this has resolved itself
                arguments[i] = Simulation.current();
            }
        }
        try {
            method.invoke(arguments);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext extension) {
        return parameter.getParameter().getType() == Simulation.class;
    }

    /** There is none yet: each seed has its own. */
    @Override
    public @Nullable Object resolveParameter(
            ParameterContext parameter, ExtensionContext extension) {
        return null;
    }
}
