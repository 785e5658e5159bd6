package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whatever code of users does that the library calls, or an object of theirs: it throws anything,
 * it waits, it blocks, it calls back, it cancels and closes, it answers null. The other tasks of
 * the scheduler hear nothing of it. That no place is missing is what {@link PublicCallbacksTest}
 * looks for.
 */
@Timeout(600)
class FaultyCallbacksTest {

    static List<UserPlace> places() {
        List<UserPlace> all = new ArrayList<>(TaskPlaces.all());
        all.addAll(SystemPlaces.all());
        return all;
    }

    /** What is opened once for the whole JVM is no leak. */
    @BeforeAll
    static void warmUp() {
        for (String carrier : List.of("loop", "handoff")) {
            Runs.on(
                    carrier,
                    () -> {
                        Thread.sleep(1);
                        Child.start(new ProcessBuilder("true")).close();
                        Tarry.await(Events.exit(new ProcessBuilder("true").start()));
                        try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                                TcpStream client = TcpStream.connect("127.0.0.1", listener.port());
                                TcpStream server = listener.accept()) {
                            assertThat(client.isOpen() && server.isOpen()).isTrue();
                        }
                    });
        }
    }

    @TestFactory
    Stream<DynamicContainer> everyPlace() {
        return places().stream().map(place -> dynamicContainer(place.name(), tests(place)));
    }

    private static Stream<DynamicTest> tests(UserPlace place) {
        List<DynamicTest> tests = new ArrayList<>();
        for (String carrier : place.carriers()) {
            for (UserFault fault : place.faults()) {
                tests.add(
                        dynamicTest(
                                carrier + ", " + place.name() + ", " + fault,
                                () -> FaultyRun.of(carrier, place, fault)));
            }
        }
        return tests.stream();
    }
}
