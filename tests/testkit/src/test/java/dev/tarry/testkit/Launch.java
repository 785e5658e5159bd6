package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a test as JUnit runs it, and answers how it went: for tests of tests that fail. */
final class Launch {
    private Launch() {}

    /** What the last test has reported besides. */
    static final Map<String, String> REPORTED = new HashMap<>();

    static TestExecutionResult test(Class<?> type, String method, Class<?>... parameters) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectMethod(type, method, parameters))
                        .build();
        List<TestExecutionResult> results = new ArrayList<>();
        REPORTED.clear();
        LauncherFactory.create()
                .execute(
                        request,
                        new TestExecutionListener() {
                            @Override
                            public void reportingEntryPublished(
                                    TestIdentifier id, ReportEntry entry) {
                                REPORTED.putAll(entry.getKeyValuePairs());
                            }

                            @Override
                            public void executionFinished(
                                    TestIdentifier id, TestExecutionResult result) {
                                if (id.isTest()) {
                                    results.add(result);
                                }
                            }
                        });
        assertThat(results).hasSize(1);
        return results.getFirst();
    }
}
