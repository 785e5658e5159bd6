package dev.tarry.testkit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The methods before and after each test, in the order of JUnit: those of outer classes and of
 * superclasses come first before it, and last after it. Parameters other than the simulation are
 * JUnit's to give.
 */
final class Lifecycle {
    private record Call(Method method, Object target) {}

    private final ExtensionContext context;
    private final List<Call> before = new ArrayList<>();
    private final List<Call> after = new ArrayList<>();

    Lifecycle(ExtensionContext context) {
        this.context = context;
        List<Object> instances = context.getRequiredTestInstances().getAllInstances();
        for (Object instance : instances) { // the outermost first
            AnnotationSupport.findAnnotatedMethods(
                            instance.getClass(), BeforeEach.class, HierarchyTraversalMode.TOP_DOWN)
                    .forEach(method -> before.add(new Call(method, instance)));
        }
        for (Object instance : instances.reversed()) {
            AnnotationSupport.findAnnotatedMethods(
                            instance.getClass(), AfterEach.class, HierarchyTraversalMode.BOTTOM_UP)
                    .forEach(method -> after.add(new Call(method, instance)));
        }
    }

    boolean isEmpty() {
        return before.isEmpty() && after.isEmpty();
    }

    void before() throws Exception {
        for (Call call : before) {
            call(call);
        }
    }

    /** Calls all, whatever one of them throws. */
    void after() {
        Throwable failure = null;
        for (Call call : after) {
            try {
                call(call);
            } catch (Throwable t) {
                if (failure == null) {
                    failure = t;
                } else {
                    failure.addSuppressed(t);
                }
            }
        }
        if (failure != null) {
            throw Lifecycle.<RuntimeException>asIs(failure);
        }
    }

    private void call(Call call) throws Exception {
        Object[] arguments = new Object[call.method.getParameterCount()];
        Arrays.fill(arguments, Simulation.current());
        if (Arrays.stream(call.method.getParameterTypes()).allMatch(Simulation.class::equals)) {
            new Invocation(call.method, call.target).call(arguments);
        } else {
            var unused = context.getExecutableInvoker().invoke(call.method, call.target);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler need not know
    private static <X extends Throwable> X asIs(Throwable t) throws X {
        throw (X) t;
    }
}
