package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tarry.events.Backend;
import dev.tarry.events.ErrnoException;
import dev.tarry.events.Pipe;
import dev.tarry.events.Poller;
import dev.tarry.testkit.FaultyLibc.Fault;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A system that has no more descriptors, or no memory for them, while a poller is opened. */
@Timeout(60)
class RefusedDescriptorsTest {

    private static int descriptors() {
        String[] names = new File("/proc/self/fd").list();
        return names == null ? 0 : names.length;
    }

    /** Opens with one call in two refused; answers which calls were named as refused. */
    private static List<String> refusals(Backend backend) {
        List<String> calls = new ArrayList<>();
        for (long seed = 1; seed <= 60; seed++) { // small seeds are too alike
            try (var injection = FaultyLibc.inject(seed * 0x9E3779B97F4A7C15L, 2, Fault.RESOURCES);
                    Poller opened = backend.open()) {
                assertThat(opened).isNotNull();
                assertThat(injection.count()).isZero();
            } catch (UncheckedIOException e) {
                assertThat(e.getCause()).isInstanceOf(ErrnoException.class);
                calls.add(((ErrnoException) e.getCause()).call());
            }
        }
        return calls;
    }

    @Test
    void pollerThatCannotBeOpened_namesTheCallAndLeavesNothingOpen() {
        Backend.EPOLL.open().close(); // loads what there is to load
        int before = descriptors();
        assertThat(new TreeSet<>(refusals(Backend.EPOLL)))
                .containsExactly("epoll_create1", "epoll_ctl", "eventfd");
        assertThat(refusals(Backend.POLL)).isNotEmpty();
        assertThat(descriptors()).isLessThanOrEqualTo(before + 2); // the JVM's own
    }

    @Test
    void pipeThatCannotBeOpened_saysSo() throws IOException {
        Pipe.open().close();
        try (var injection = FaultyLibc.inject(2, 2, Fault.RESOURCES)) {
            assertThatThrownBy(
                            () -> {
                                for (int i = 0; i < 100; i++) {
                                    Pipe.open().close();
                                }
                            })
                    .isInstanceOf(ErrnoException.class)
                    .hasMessageContaining("pipe2");
            assertThat(injection.count()).isEqualTo(1);
        }
    }
}
