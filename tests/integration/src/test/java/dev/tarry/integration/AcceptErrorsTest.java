package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Clock;
import dev.tarry.events.ClosedException;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TcpListener;
import dev.tarry.runtime.TcpStream;
import dev.tarry.scheduler.Scheduler;

import jnr.constants.platform.Errno;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Each error of accept(2): which are waited out, which are passed over, and which are told. */
@Timeout(90)
class AcceptErrorsTest {
    private static final List<Errno> SHORTAGES =
            List.of(Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM);
    private static final List<Errno> OF_THE_CONNECTION =
            List.of(
                    Errno.EINTR,
                    Errno.ECONNABORTED,
                    Errno.EPERM,
                    Errno.ENETDOWN,
                    Errno.EPROTO,
                    Errno.ENOPROTOOPT,
                    Errno.EHOSTDOWN,
                    Errno.ENONET,
                    Errno.EHOSTUNREACH,
                    Errno.EOPNOTSUPP,
                    Errno.ENETUNREACH);
    private static final List<Errno> FINAL = List.of(Errno.EBADF, Errno.EINVAL, Errno.ENOTSOCK);

    private static final Duration LONG = Duration.ofSeconds(20);

    /** Says what a server sees for each error. */
    static final class Server {
        public static void main(String[] args) {
            Tarry.run(
                    () -> {
                        for (Errno error : OF_THE_CONNECTION) {
                            passesOver(error);
                        }
                        for (Errno error : FINAL) {
                            fails(error, 1);
                        }
                        fails(Errno.EPERM, Integer.MAX_VALUE); // a filter's, not a firewall's
                        for (Errno error : SHORTAGES) {
                            waitsOut(error);
                        }
                        othersGoOn();
                        closeEndsThePause();
                        cancelEndsThePause();
                        twoWaitersAreBothServed();
                    });
            Tarry.run(
                    Scheduler.builder().clock(new StoppedClock()),
                    () -> {
                        looksDoNotTryAgain();
                        ownDescriptorEndsThePause();
                    });
        }

        private static void passesOver(Errno error) throws IOException {
            try (var listener = TcpListener.bind("127.0.0.1", 0);
                    var client = TcpStream.connect(listener.localAddress())) {
                ScriptedLibc.fail("accept4", error, 3);
                Tarry.await(listener.accepting(), LONG).orElseThrow().close();
                check(error, ScriptedLibc.calls("accept4") == 4);
            }
        }

        private static void fails(Errno error, int times) throws IOException {
            try (var listener = TcpListener.bind("127.0.0.1", 0)) {
                ScriptedLibc.fail("accept4", error, times);
                try {
                    listener.accept().close();
                } catch (IOException e) {
                    check(error, e.getMessage().contains(error.name()));
                }
                ScriptedLibc.succeed("accept4");
            }
        }

        private static void waitsOut(Errno error) throws IOException {
            try (var listener = TcpListener.bind("127.0.0.1", 0);
                    var client = TcpStream.connect(listener.localAddress())) {
                ScriptedLibc.fail("accept4", error, 3);
                long before = System.nanoTime();
                Tarry.await(listener.accepting(), LONG).orElseThrow().close();
                long pauses = (System.nanoTime() - before) / 100_000_000;
                check(error, pauses >= 3 && ScriptedLibc.calls("accept4") == 4);
            }
        }

        private static void othersGoOn() throws IOException {
            try (var listener = TcpListener.bind("127.0.0.1", 0);
                    var client = TcpStream.connect(listener.localAddress())) {
                ScriptedLibc.fail("accept4", Errno.EMFILE, Integer.MAX_VALUE);
                var messages = Channel.<Integer>rendezvous();
                var sender =
                        Tarry.spawn(
                                () -> {
                                    for (int i = 0; i < 1000; i++) {
                                        messages.send(i);
                                    }
                                });
                for (int next = 0; next < 1000; next++) {
                    var fired = Tarry.wait(listener.accepting(), messages.receiving());
                    check("others", fired.get(messages.receiving()).orElseThrow() == next);
                }
                sender.join();
                ScriptedLibc.succeed("accept4");
                Tarry.await(listener.accepting(), LONG).orElseThrow().close();
                System.out.println("others go on");
            }
        }

        private static void closeEndsThePause() throws IOException {
            var listener = TcpListener.bind("127.0.0.1", 0);
            try (var client = TcpStream.connect(listener.localAddress())) {
                ScriptedLibc.fail("accept4", Errno.EMFILE, Integer.MAX_VALUE);
                var accepting =
                        Tarry.spawn(
                                () -> {
                                    try (var stream = listener.accept()) {
                                        return stream.toString();
                                    } catch (ClosedException e) {
                                        return "closed";
                                    }
                                });
                Tarry.yieldNow();
                check("pauses", ScriptedLibc.calls("accept4") == 1);
                listener.close();
                System.out.println(accepting.join());
                check("tried again", ScriptedLibc.calls("accept4") == 1);
            }
        }

        private static void cancelEndsThePause() throws IOException {
            try (var listener = TcpListener.bind("127.0.0.1", 0);
                    var client = TcpStream.connect(listener.localAddress())) {
                ScriptedLibc.fail("accept4", Errno.EMFILE, Integer.MAX_VALUE);
                Scope.run(
                        scope -> {
                            scope.spawn(listener::accept);
                            Tarry.yieldNow();
                            scope.cancel();
                        });
                ScriptedLibc.succeed("accept4");
                Tarry.await(listener.accepting(), LONG).orElseThrow().close();
                System.out.println("cancelled, and then accepted");
            }
        }

        private static void twoWaitersAreBothServed() throws IOException {
            try (var listener = TcpListener.bind("127.0.0.1", 0);
                    var one = TcpStream.connect(listener.localAddress());
                    var two = TcpStream.connect(listener.localAddress())) {
                ScriptedLibc.fail("accept4", Errno.ENFILE, 2);
                var first = Tarry.spawn(listener::accept);
                var second = Tarry.spawn(listener::accept);
                first.join().close();
                second.join().close();
                System.out.println("both");
            }
        }

        private static void looksDoNotTryAgain() throws IOException {
            try (var listener = TcpListener.bind("127.0.0.1", 0);
                    var client = TcpStream.connect(listener.localAddress())) {
                ScriptedLibc.fail("accept4", Errno.EMFILE, Integer.MAX_VALUE);
                for (int i = 0; i < 1000; i++) {
                    check("look", Tarry.await(listener.accepting(), Duration.ZERO).isEmpty());
                }
                check("looks do not try", ScriptedLibc.calls("accept4") == 1);
                ScriptedLibc.succeed("accept4");
            }
        }

        /** Where no pause ends by itself. */
        private static void ownDescriptorEndsThePause() throws IOException {
            try (var listener = TcpListener.bind("127.0.0.1", 0)) {
                List<TcpStream> clients = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    clients.add(TcpStream.connect(listener.localAddress()));
                }
                for (TcpStream client : clients) {
                    ScriptedLibc.fail("accept4", Errno.EMFILE, 1);
                    var accepting = Tarry.spawn(listener::accept);
                    Tarry.yieldNow();
                    check("waits", accepting.outcome() == null);
                    client.close();
                    accepting.join().close();
                }
                System.out.println("a descriptor that was closed ends a pause");
            }
        }

        private static void check(Object what, boolean holds) {
            System.out.print(holds ? "" : "WRONG: " + what + "\n");
            System.out.print(holds && what instanceof Errno error ? error.name() + "\n" : "");
        }
    }

    /** At which no time passes. */
    private static final class StoppedClock implements Clock {
        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public long idleUntil(long deadline) {
            return -1;
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"loop,epoll", "loop,poll", "handoff,epoll", "handoff,poll"})
    void eachErrorIsTakenForWhatItIs(String carrier, String backend) throws Exception {
        List<String> options = new ArrayList<>(ChildJvm.FLAGS);
        options.add(ScriptedLibc.OPTION);
        options.add("-Dtarry.carrier=" + carrier);
        options.add("-Dtarry.backend=" + backend);
        var result = ChildJvm.run(options, Server.class);
        StringBuilder expected = new StringBuilder();
        OF_THE_CONNECTION.forEach(error -> expected.append(error.name()).append('\n'));
        FINAL.forEach(error -> expected.append(error.name()).append('\n'));
        expected.append("EPERM\n");
        SHORTAGES.forEach(error -> expected.append(error.name()).append('\n'));
        assertThat(result.out())
                .startsWith(expected)
                .doesNotContain("WRONG")
                .contains("others go on\n", "closed\n", "cancelled, and then accepted\n", "both\n")
                .endsWith("a descriptor that was closed ends a pause\n");
        assertThat(result.exit()).isZero();
    }
}
