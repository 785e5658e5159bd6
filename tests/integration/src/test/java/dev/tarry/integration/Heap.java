package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;

import javax.management.JMException;
import javax.management.ObjectName;

/**
 * How much of the heap is in use, once what is garbage has gone. Counted object by object: what the
 * JVM says is in use takes in the buffers that its threads have reserved for themselves, and these
 * are megabytes.
 */
final class Heap {
    private static final Object[] NO_OPTIONS = {new String[0]};
    private static final String[] SIGNATURE = {String[].class.getName()};

    private Heap() {}

    /**
     * Collects garbage, and returns when all references to it are in the queues of their owners:
     * the JVM has put its second batch there only if the first one is complete.
     */
    static void forget() throws InterruptedException {
        for (int batch = 0; batch < 2; batch++) {
            var queue = new ReferenceQueue<Object>();
            var last = new WeakReference<>(new Object(), queue);
            System.gc();
            assertThat(queue.remove()).isSameAs(last);
        }
    }

    static long usedAfterGc() {
        System.gc(); // weak references take a second collection, which the census makes
        List<String> lines = census().lines().toList();
        String[] total = lines.getLast().trim().split("\\s+"); // Total <instances> <bytes>
        if (!total[0].equals("Total")) {
            throw new AssertionError("no total in: " + lines.getLast());
        }
        return Long.parseLong(total[2]);
    }

    private static String census() {
        try {
            return (String)
                    ManagementFactory.getPlatformMBeanServer()
                            .invoke(
                                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                    "gcClassHistogram",
                                    NO_OPTIONS,
                                    SIGNATURE);
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }
}
