package dev.tarry.integration;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.tarry.runtime.Tarry;
import dev.tarry.testkit.FaultyLibc;
import dev.tarry.testkit.FaultyLibc.Fault;

import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

import java.io.PrintWriter;

/**
 * Runs the tests of streams, descriptors and children as they are, while every k-th system call
 * that may be interrupted, told to come again, or cut short, is: a program must not notice. The
 * arguments are the k.
 */
final class FaultySuites {
    private static final Class<?>[] SUITES = {
        TcpTest.class,
        TcpLinesTest.class,
        FdTest.class,
        ChildStreamsTest.class,
        ChildStatusTest.class
    };

    private FaultySuites() {}

    public static void main(String[] rates) {
        Tarry.run(() -> {}); // loads the binding
        for (String k : rates) {
            long begin = System.nanoTime();
            try (var injection =
                    FaultyLibc.injectEvery(
                            Integer.parseInt(k),
                            Fault.INTERRUPTED,
                            Fault.WOULD_BLOCK,
                            Fault.SHORT)) {
                TestExecutionSummary summary = run();
                System.out.printf(
                        "every %sth call: %d tests passed, %d failed, %d calls, %.1f s%n",
                        k,
                        summary.getTestsSucceededCount(),
                        summary.getTotalFailureCount(),
                        injection.count(),
                        (System.nanoTime() - begin) / 1e9);
                summary.printFailuresTo(new PrintWriter(System.err, true), 30);
            }
        }
        System.out.flush();
        System.exit(0); // a test that failed may have left threads
    }

    /** So that a hang has a name. */
    private static final class Progress implements TestExecutionListener {
        @Override
        public void executionStarted(TestIdentifier test) {
            System.err.println("began " + test.getUniqueId());
        }
    }

    private static TestExecutionSummary run() {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherDiscoveryRequestBuilder request =
                LauncherDiscoveryRequestBuilder.request().filters(TagFilter.excludeTags("stress"));
        for (Class<?> suite : SUITES) {
            request.selectors(selectClass(suite));
        }
        LauncherFactory.create().execute(request.build(), listener, new Progress());
        return listener.getSummary();
    }
}
