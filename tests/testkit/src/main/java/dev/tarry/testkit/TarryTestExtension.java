package dev.tarry.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.AnnotationSupport;

import java.lang.reflect.Method;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Runs the method of a {@link TarryTest} or {@link Simulated} test itself, once for each seed,
 * instead of JUnit, and with it what belongs before and after each test.
 */
final class TarryTestExtension
        implements InvocationInterceptor,
                ParameterResolver,
                ExecutionCondition,
                TestExecutionExceptionHandler {
    private static final ExtensionContext.Namespace STORE =
            ExtensionContext.Namespace.create(TarryTestExtension.class);
    private static final Pattern PLAIN_TEST = Pattern.compile(".*/\\[method:[^/]*]");

    TarryTestExtension() {}

    // ---- the test

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension) {
        runInstead(invocation, context, extension);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension) {
        runInstead(invocation, context, extension);
    }

    private static void runInstead(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension) {
        invocation.skip();
        Method method = context.getExecutable();
        RunSettings settings = RunSettings.of(method);
        SeededRuns runs =
                new SeededRuns(
                        method,
                        extension.getRequiredTestInstance(),
                        context.getArguments().toArray(),
                        settings,
                        new Lifecycle(extension));
        extension.getStore(STORE).put(SeededRuns.class, runs);
        if (settings.only() != null) {
            runs.runOnly(settings.only());
        } else {
            Orders orders = runs.runAll(settings.seeds());
            extension.publishReportEntry("tarry.orders", orders.toString());
        }
    }

    /** The time of the test is over: says with which seed, and who waited for what. */
    @Override
    public void handleTestExecutionException(ExtensionContext extension, Throwable thrown)
            throws Throwable {
        SeededRuns runs = extension.getStore(STORE).get(SeededRuns.class, SeededRuns.class);
        throw thrown instanceof TimeoutException timeout && runs != null
                ? runs.timedOut(timeout)
                : thrown;
    }

    // ---- what comes before and after each test: each seed has its own

    @Override
    public void interceptBeforeEachMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension) {
        invocation.skip();
    }

    @Override
    public void interceptAfterEachMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> context,
            ExtensionContext extension) {
        invocation.skip();
    }

    // ---- parameters

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext extension) {
        return parameter.getParameter().getType() == Simulation.class;
    }

    /** Outside there is none yet: each seed has its own, and {@link SeededRuns} puts it in. */
    @Override
    public @Nullable Object resolveParameter(
            ParameterContext parameter, ExtensionContext extension) {
        return Simulation.isCurrent() ? Simulation.current() : null;
    }

    // ---- other kinds of tests

    /** {@link TarryTest} makes a plain test beside the one that the other annotation makes. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext extension) {
        boolean bogus =
                PLAIN_TEST.matcher(extension.getUniqueId()).matches()
                        && extension
                                .getTestMethod()
                                .filter(m -> AnnotationSupport.isAnnotated(m, TestTemplate.class))
                                .isPresent();
        return bogus
                ? ConditionEvaluationResult.disabled(
                        "@TarryTest makes a second, plain test of this method; write @Simulated"
                                + " instead, beside @ParameterizedTest or @RepeatedTest")
                : ConditionEvaluationResult.enabled("");
    }
}
