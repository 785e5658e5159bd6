package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tarry.events.Signal;
import dev.tarry.events.libc.Libc;

import jnr.ffi.LibraryLoader;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Signals that are blocked in all threads of a JVM come by signalfd; the others do not. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalfdTest {
    private static final Signal RT = Signal.of("RTMIN+3");

    /** sigqueue(3); its union sigval is passed like a long on 64-bit Linux. */
    public interface Sigqueue {
        int sigqueue(int pid, int signal, long value);
    }

    private static final Sigqueue C = LibraryLoader.create(Sigqueue.class).load("c");

    private Process program;
    private BufferedReader out;

    @BeforeAll
    static void envCanBlock() throws Exception {
        int exit = new ProcessBuilder("env", "--block-signal=USR1", "true").start().waitFor();
        assumeTrue(exit == 0, "env --block-signal is missing (coreutils 8.32 has it)");
    }

    @AfterEach
    void end() throws Exception {
        if (program != null) {
            program.destroyForcibly().waitFor();
        }
    }

    // ---- who, how often, and with which value

    @ParameterizedTest
    @ValueSource(strings = {"loop", "handoff"})
    void kill_tellsWhoSentIt(String carrier) throws Exception {
        start("USR1", List.of("-Dtarry.carrier=" + carrier), "receive", "USR1", "2");
        subscribe();
        kill(Signal.USR1);
        assertThat(line()).isEqualTo("USR1 #1 " + me() + " no value");
        kill(Signal.USR1);
        assertThat(line()).isEqualTo("USR1 #2 " + me() + " no value");
        ended(carrier.equals("loop"));
    }

    @Test
    void anotherProcess_isToldAsTheSender() throws Exception {
        start("USR1", List.of(), "receive", "USR1", "1");
        subscribe();
        Process sender =
                new ProcessBuilder("sh", "-c", "kill -USR1 " + program.pid()).inheritIO().start();
        assertThat(line()).isEqualTo("USR1 #1 " + sender.pid() + " " + uid() + " no value");
        ended(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT", "HUP"})
    void whatTheJvmUnblocks_comesBySignalfdWithXrs(String name) throws Exception {
        start(name, List.of("-Xrs"), "receive", name, "1");
        subscribe();
        kill(Signal.of(name));
        assertThat(line()).isEqualTo(name + " #1 " + me() + " no value");
        ended(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "poll"})
    void thousandRealTimeSignals_queuedBeforeTheSubscription_allComeInOrder(String backend)
            throws Exception {
        start("RTMIN+3", List.of("-Dtarry.backend=" + backend), "receive", "RTMIN+3", "1000");
        assertThat(line()).isEqualTo("started");
        IntStream.range(0, 1000).forEach(this::queue);
        proceed();
        assertThat(line()).isEqualTo("ready");
        for (int i = 0; i < 1000; i++) {
            assertThat(line()).isEqualTo("RTMIN+3 #" + (i + 1) + " " + me() + " value " + i);
        }
        ended(true);
    }

    @Test
    void thousandRealTimeSignals_whileReceiving_allComeInOrder() throws Exception {
        start("RTMIN+3", List.of(), "receive", "RTMIN+3", "1000");
        subscribe();
        IntStream.range(0, 1000).map(i -> -i).forEach(this::queue);
        for (int i = 0; i < 1000; i++) {
            assertThat(line()).isEqualTo("RTMIN+3 #" + (i + 1) + " " + me() + " value " + -i);
        }
        ended(true);
    }

    @Test
    void severalSignals_someBlockedSomeNot_oneSubscription() throws Exception {
        start("USR1,RTMIN+3", List.of(), "receive", "USR1", "WINCH", "RTMIN+3", "3");
        subscribe();
        kill(Signal.WINCH);
        assertThat(line()).isEqualTo("WINCH #1 nobody no value");
        queue(7);
        assertThat(line()).isEqualTo("RTMIN+3 #1 " + me() + " value 7");
        kill(Signal.USR1);
        assertThat(line()).isEqualTo("USR1 #1 " + me() + " no value");
        ended(true);
    }

    // ---- which source

    @Test
    void unblocked_comesThroughTheJvm() throws Exception {
        start("", List.of(), "receive", "USR1", "1");
        subscribe();
        kill(Signal.USR1);
        assertThat(line()).isEqualTo("USR1 #1 nobody no value");
        ended(true);
    }

    @Test
    void blockedInSomeThreadsOnly_comesThroughTheJvm_andSaysSo() throws Exception {
        start("TERM", List.of(), "receive", "TERM", "1"); // without -Xrs
        subscribe();
        kill(Signal.TERM);
        assertThat(line()).isEqualTo("TERM #1 nobody no value");
        ended(false);
        assertThat(errors())
                .contains(
                        "signal TERM is blocked in the first thread of this process but not in all")
                .contains("env --block-signal=TERM java -Xrs")
                .hasLineCount(2); // the logger's own, and the message
    }

    @ParameterizedTest
    @CsvSource({
        "RTMIN+3, 'signal RTMIN+3 is not blocked in all threads of this process'",
        "RTMIN+3, 'start the program with `env --block-signal=RTMIN+3 java ...`'",
        "KILL, 'signal KILL cannot be caught by any process'",
        "USR2, 'signal USR2 is used by the JVM itself'",
    })
    void refused_saysWhy(String name, String reason) throws Exception {
        start("", List.of(), "receive", name, "1");
        refused(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"USR1", "INT"})
    void unblockedWithXrs_isRefused_sinceTheJvmWouldNeverTell(String name) throws Exception {
        start("TERM", List.of("-Xrs"), "receive", "TERM", name, "1");
        refused(
                "signal "
                        + name
                        + " is not blocked in all threads of this process, and the JVM itself"
                        + " handles none after -Xrs: start the program with `env --block-signal="
                        + name
                        + " java -Xrs ...`");
    }

    private void refused(String reason) throws Exception {
        assertThat(line()).isEqualTo("started");
        proceed();
        assertThat(line()).startsWith("refused: ").contains(reason);
        ended(true);
    }

    // ---- sharing and closing

    @Test
    void threeSubscriptionsOnTwoSchedulers_eachSeeAllInOrder_alsoAfterOneHasClosed()
            throws Exception {
        int n = 300;
        start("RTMIN+3", List.of(), "share", "RTMIN+3", "" + n);
        assertThat(lines(3)).containsExactlyInAnyOrder("a ready", "b ready", "c ready");
        IntStream.range(0, n).forEach(this::queue);
        List<String> first = lines(3 * n + 3);
        assertThat(first).contains("a closed", "b goes on", "c goes on");
        for (String who : List.of("a ", "b ", "c ")) {
            assertThat(first).containsSubsequence(expected(who, 0, n));
        }
        IntStream.range(n, 2 * n).forEach(this::queue);
        List<String> second = lines(2 * n + 2);
        for (String who : List.of("b ", "c ")) {
            assertThat(second).containsSubsequence(expected(who, n, 2 * n));
        }
        ended(true);
    }

    private static List<String> expected(String who, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> who + RT + " #" + (i + 1) + " " + me() + " value " + i)
                .toList();
    }

    @Test
    void closing_leavesTheSignalBlocked_keepsWhatCame_andLeaksNothing() throws Exception {
        start("USR1", List.of(), "close", "USR1");
        assertThat(line()).isEqualTo("more descriptors while open: 1");
        kill(Signal.USR1);
        assertThat(line()).isEqualTo("USR1 #1 " + me() + " no value");
        assertThat(line()).isEqualTo("more descriptors after close: 0");
        kill(Signal.USR1); // would end a process that does not block it
        assertThat(pending(Signal.USR1)).isTrue();
        proceed();
        assertThat(line()).isEqualTo("USR1 #1 " + me() + " no value");
        assertThat(pending(Signal.USR1)).isFalse();
        ended(true);
    }

    @Test
    void childrenOfSuchAProgram_blockNothing() throws Exception {
        start("USR1,TERM", List.of("-Xrs"), "startChild");
        assertThat(line()).isEqualTo("SigBlk:\t0000000000000000");
        ended(true);
    }

    // ---- the program and its signals

    private void start(String blocked, List<String> jvmFlags, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        if (!blocked.isEmpty()) {
            command.addAll(List.of("env", "--block-signal=" + blocked));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ChildJvm.agents());
        command.addAll(
                List.of(
                        "-Xmx64m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--add-opens=java.base/java.lang=ALL-UNNAMED"));
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(SignalfdProgram.class.getName());
        command.addAll(List.of(args));
        program = new ProcessBuilder(command).start();
        out = program.inputReader();
    }

    private void subscribe() throws IOException {
        assertThat(line()).isEqualTo("started");
        proceed();
        assertThat(line()).isEqualTo("ready");
    }

    private void proceed() throws IOException {
        program.getOutputStream().write('\n');
        program.getOutputStream().flush();
    }

    /** The next line; at the end of all, what the program complained about. */
    private String line() throws IOException {
        String line = out.readLine();
        return line != null ? line : "the end; " + errors();
    }

    private List<String> lines(int n) throws IOException {
        List<String> lines = new ArrayList<>();
        while (lines.size() < n) {
            lines.add(line());
        }
        return lines;
    }

    private void ended(boolean silently) throws Exception {
        assertThat(out.readLine()).isNull();
        assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isZero();
        if (silently) {
            assertThat(errors()).isEmpty();
        }
    }

    private String errors() throws IOException {
        return new String(program.getErrorStream().readAllBytes());
    }

    private void kill(Signal signal) {
        assertThat(Libc.kill((int) program.pid(), signal.number())).isZero();
    }

    private void queue(int value) {
        assertThat(C.sigqueue((int) program.pid(), RT.number(), value & 0xFFFFFFFFL)).isZero();
    }

    /** Whether the signal is pending for the program; it is so as soon as kill has returned. */
    private boolean pending(Signal signal) throws IOException {
        Path status = Path.of("/proc", Long.toString(program.pid()), "status");
        String mask =
                Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("ShdPnd:"))
                        .findFirst()
                        .orElseThrow()
                        .substring(8);
        return (Long.parseUnsignedLong(mask, 16) >>> (signal.number() - 1) & 1) != 0;
    }

    /** The pid and user of this JVM. */
    private static String me() {
        return ProcessHandle.current().pid() + " " + uid();
    }

    private static String uid() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
