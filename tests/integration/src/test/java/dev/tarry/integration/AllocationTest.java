package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import dev.tarry.events.Event;
import dev.tarry.events.Order;
import dev.tarry.events.Pipe;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;

import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What a wait allocates, on the loop carrier: nothing, unless a function of the user does. */
class AllocationTest {
    private static final int WAITS = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Bytes for each wait; what the JVM allocates beside it is spread over all of them. */
    private static long bytesForEach(Event<?> event) {
        long loop = THREADS.getThreadAllocatedBytes(main);
        for (int i = 0; i < WAITS; i++) {
            Tarry.await(event);
        }
        return (THREADS.getThreadAllocatedBytes(main) - loop) / WAITS;
    }

    /** The thread that is the loop, and carries its tasks. */
    private static long main;

    @Test
    void waitForAHandle_alsoMappedAndChosen_allocatesNothing() throws Exception {
        main = Thread.currentThread().threadId();
        Runs.on(
                "loop",
                () -> {
                    try (Pipe pipe = Pipe.open()) {
                        Channel<Integer> empty = Channel.rendezvous();
                        Event<String> writable = pipe.sink().writable().map(ready -> "writable");
                        Event<String> other = empty.receiving().map(message -> "message");
                        List<Event<String>> both = List.of(other, writable);
                        List<Event<String>> forty = new ArrayList<>(Collections.nCopies(40, other));
                        forty.add(writable);
                        List<Event<?>> all =
                                List.of(
                                        pipe.sink().writable(),
                                        writable,
                                        Events.anyOf(both),
                                        Events.anyOf(Order.LISTED, both).map(String::length),
                                        Events.anyOf(forty),
                                        writable.withAbort(() -> {}));
                        all.forEach(AllocationTest::bytesForEach); // what is made once
                        for (Event<?> event : all) {
                            assertThat(bytesForEach(event)).as("%s", event).isZero();
                        }
                    }
                });
    }

    @Test
    void whatIsCountedIsTheLoop() throws Exception {
        main = Thread.currentThread().threadId();
        Runs.on(
                "loop",
                () -> {
                    byte[][] kept = new byte[1][];
                    Event<byte[]> makes = Event.always(1).map(one -> kept[0] = new byte[1_000]);
                    assertThat(bytesForEach(makes)).isGreaterThan(1_000);
                });
    }
}
