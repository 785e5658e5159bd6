package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tarry.events.libc.Kqueue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackendTest {
    private static final String BACKEND = "tarry.backend";
    private static final String LIBRARY = "tarry.kqueue.library";

    private final String backend = System.getProperty(BACKEND);
    private final String library = System.getProperty(LIBRARY);

    @AfterEach
    void restore() {
        set(BACKEND, backend);
        set(LIBRARY, library);
    }

    private static void set(String property, String value) {
        if (value == null) {
            System.clearProperty(property);
        } else {
            System.setProperty(property, value);
        }
    }

    @Test
    void theFirstThatIsAvailable_isChosen() {
        set(BACKEND, null);
        assertThat(Backend.choose().isAvailable()).isTrue();
        assertThat(Backend.POLL.isAvailable()).as("everywhere").isTrue();
    }

    @Test
    void theNamedOne_isChosen_andAnUnknownNameSaysWhichThereAre() {
        set(BACKEND, "poll");
        assertThat(Backend.choose()).isEqualTo(Backend.POLL);
        set(BACKEND, "select");
        assertThatThrownBy(Backend::choose).hasMessageContaining("epoll or kqueue or poll");
    }

    @Test
    void kqueueWithoutItsLibrary_isNotAvailable_andSaysWhatToSet() {
        assumeTrue(Kqueue.isEmulated(), "the system has a kqueue of its own");
        for (String missing : new String[] {null, "/nowhere/libkqueue.so.0"}) {
            set(LIBRARY, missing);
            assertThat(Backend.KQUEUE.isAvailable()).isFalse();
            assertThatThrownBy(Backend.KQUEUE::open)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining(LIBRARY)
                    .hasCauseInstanceOf(LinkageError.class);
        }
    }
}
