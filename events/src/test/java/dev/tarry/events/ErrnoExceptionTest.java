package dev.tarry.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.libc.Libc;

import org.junit.jupiter.api.Test;

class ErrnoExceptionTest {

    @Test
    void message_saysCallObjectTextAndName() {
        ErrnoException e = new ErrnoException("connect", "127.0.0.1:6667", 111);
        assertThat(e).hasMessage("connect on 127.0.0.1:6667: Connection refused (ECONNREFUSED)");
        assertThat(e.call()).isEqualTo("connect");
        assertThat(e.errno()).isEqualTo(111);
        assertThat(e.name()).isEqualTo("ECONNREFUSED");
    }

    @Test
    void withoutObject_leavesItOut() {
        assertThat(new ErrnoException("epoll_create1", "", Libc.ENOMEM))
                .hasMessage("epoll_create1: Cannot allocate memory (ENOMEM)");
    }

    @Test
    void emfile_comesWithAdvice() {
        assertThat(new ErrnoException("accept4", "fd 3", Libc.EMFILE))
                .hasMessage(
                        "accept4 on fd 3: Too many open files (EMFILE);"
                                + " raise the limit (ulimit -n) or close what is not needed");
    }

    @Test
    void errnoNobodyKnows_isStillAMessage() {
        assertThat(new ErrnoException("read", "fd 3", 4095).getMessage())
                .startsWith("read on fd 3: ")
                .contains("4095");
    }
}
