package dev.tarry.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

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
        SeededRuns runs =
                new SeededRuns(
                        method,
                        extension.getRequiredTestInstance(),
                        context.getArguments().toArray(),
                        annotation(method).twice());
        Long only = Long.getLong(Simulation.SEED_PROPERTY);
        if (only != null) {
            runs.runOnly(only);
        } else {
            Orders orders = runs.runAll(Long.getLong(SEEDS_PROPERTY, annotation(method).seeds()));
            extension.publishReportEntry("tarry.orders", orders.toString());
        }
    }

    private static TarryTest annotation(Method method) {
        return AnnotationSupport.findAnnotation(method, TarryTest.class).orElseThrow();
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
