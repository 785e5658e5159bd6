package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tarry.events.libc.LibcFunctions;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Systems that forbid a call, as the filter of a container does: every function of libc that we
 * call is denied in turn, once with ENOSYS and once with EPERM, to a JVM of its own that runs
 * {@link FilteredProgram} on each poller and each carrier. Each step of it ends in a fallback that
 * works, or in a line that names the call and says what to do; which of the two, {@link #LINES}
 * says.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FilteredSystemTest {
    private static final Map<String, Integer> ERRORS = Map.of("ENOSYS", 38, "EPERM", 1);

    /** By function, the steps that need it: these say so, on each poller. All others work. */
    private static final Map<String, Set<String>> LINES =
            Map.ofEntries(
                    Map.entry("accept4", Set.of("tcp")),
                    Map.entry("bind", Set.of("tcp")),
                    Map.entry("connect", Set.of("tcp")),
                    Map.entry("fcntl", Set.of("own", "child", "kill")),
                    Map.entry("getpeername", Set.of("pair")),
                    Map.entry("getsockname", Set.of("tcp")),
                    Map.entry("getsockopt", Set.of("tcp")),
                    Map.entry("listen", Set.of("tcp")),
                    Map.entry("pipe2", Set.of("pipe", "borrow", "child", "kill")),
                    Map.entry("setsockopt", Set.of("tcp")),
                    Map.entry("shutdown", Set.of("tcp")),
                    Map.entry("signalfd", Set.of("blocked")),
                    Map.entry("socket", Set.of("tcp")),
                    Map.entry("socketpair", Set.of("pair")));

    /** These the JDK cannot do, and says so in its own words. */
    private static final Map<String, Set<String>> JDK_NEEDS =
            Map.of("posix_spawnp", Set.of("child", "kill"), "sigaction", Set.of("signal"));

    /** poll(2) looks at the descriptors of others; the poller of that name can do nothing else. */
    private static final Set<String> STEPS_WITH_POLL = Set.of("borrow", "own", "exit");

    /** What the one line may say on stderr: what is used instead. */
    private static final Pattern WARNING =
            Pattern.compile(
                    "WARNING: (poll is used instead of epoll: .*-Dtarry\\.backend=poll.*"
                            + "|paths are compared once a second instead of watched, .*)");

    private static ExecutorService jvms;

    @BeforeAll
    static void envCanBlock() throws Exception {
        int exit = new ProcessBuilder("env", "--block-signal=USR1", "true").start().waitFor();
        assumeTrue(exit == 0, "env --block-signal is missing (coreutils 8.32 has it)");
        jvms = Executors.newFixedThreadPool(2);
    }

    @AfterAll
    static void end() {
        if (jvms != null) {
            jvms.shutdownNow();
        }
    }

    /** Every function of the binding, also one that was added today, is in one of the lists. */
    @Test
    void everyFunctionOfLibc_isClassified() {
        assertThat(
                        Stream.of(
                                        SystemCalls.functions(),
                                        SystemCalls.NEEDED_BY_ANY_JVM,
                                        SystemCalls.NOT_OF_THE_SYSTEM)
                                .flatMap(Set::stream))
                .containsExactlyInAnyOrderElementsOf(bound());
        assertThat(SystemCalls.functions()).containsAll(LINES.keySet());
    }

    private static Set<String> bound() {
        return Arrays.stream(LibcFunctions.class.getMethods())
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** To deny what is not called would prove nothing. */
    @Test
    void withoutAFilter_allStepsWork_andEveryFunctionIsCalled() throws Exception {
        ChildJvm.Result result =
                run(List.of("-Dtarry.libc=" + FilteredProgram.Recorder.class.getName()), List.of());
        assertThat(result.err()).isEmpty();
        assertThat(steps(result)).hasSizeGreaterThan(50).allMatch(line -> line.endsWith(" ok"));
        assertThat(result.out().lines().toList().getLast().split(" "))
                .containsAll(SystemCalls.functions());
    }

    @TestFactory
    Stream<DynamicTest> everySystemCallForbidden_endsInAFallbackOrAClearLine() {
        List<DynamicTest> tests = new ArrayList<>();
        for (String function : new TreeSet<>(SystemCalls.functions())) {
            ERRORS.forEach(
                    (error, errno) -> {
                        Future<ChildJvm.Result> result =
                                jvms.submit(() -> run(List.of(), arguments(function, errno)));
                        tests.add(
                                DynamicTest.dynamicTest(
                                        function + " " + error,
                                        () -> judge(function, error, result.get())));
                    });
        }
        return tests.stream();
    }

    /** Of a process that restricts itself once it has begun, as some do. */
    @Test
    void filterThatBeginsAfterTheLoop_doesNotEndIt() throws Exception {
        ChildJvm.Result result =
                run(
                        List.of("-Dfiltered.late=true"),
                        arguments("epoll_pwait2", ERRORS.get("EPERM")));
        assertThat(result.err()).isEmpty();
        assertThat(steps(result)).contains("default loop late ok");
        assertThat(steps(result)).allMatch(line -> line.endsWith(" ok"));
    }

    @Test
    void pollerThatWasAskedForByName_isNotReplaced() throws Exception {
        ChildJvm.Result result =
                run(
                        List.of("-Dfiltered.pollers=epoll"),
                        arguments("epoll_create1", ERRORS.get("EPERM")));
        assertThat(result.err()).isEmpty();
        assertThat(steps(result))
                .isNotEmpty()
                .allMatch(
                        line ->
                                line.contains("failed")
                                        && line.contains("epoll_create1: ")
                                        && line.contains("(EPERM)")
                                        && line.contains("-Dtarry.backend=poll"));
    }

    private static List<String> arguments(String function, int errno) {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(errno)));
        SystemCalls.numbers(function).forEach(n -> arguments.add(n.toString()));
        return arguments;
    }

    private static ChildJvm.Result run(List<String> options, List<String> arguments)
            throws Exception {
        List<String> all = new ArrayList<>(ChildJvm.FLAGS);
        all.addAll(options);
        all.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        all.add("-Dtarry.pathScanMillis=20");
        List<String> command = new ArrayList<>(List.of("env", "--block-signal=USR1"));
        command.addAll(
                ChildJvm.command(all, FilteredProgram.class, arguments.toArray(String[]::new)));
        return ChildJvm.run(command, 90);
    }

    private static List<String> steps(ChildJvm.Result result) {
        return result.out()
                .lines()
                .filter(line -> line.matches("(default|poll|epoll) .*"))
                .toList();
    }

    private static void judge(String function, String error, ChildJvm.Result result) {
        assertThat(result.exit()).as(result.out() + result.err()).isZero();
        for (String line : steps(result)) {
            String[] words = line.split(" ", 5); // poller, carrier, step, how it ended, why
            if (JDK_NEEDS.getOrDefault(function, Set.of()).contains(words[2])) {
                assertThat(words[3]).as(line).isEqualTo("failed");
            } else if (needs(words[0], words[2], function)) {
                assertThat(words[3]).as(line).isEqualTo("failed");
                assertThat(words[4]).contains(function, error, "seccomp", "allow it");
            } else {
                assertThat(words[3]).as(line).isEqualTo("ok");
            }
        }
        List<String> said = result.err().lines().toList();
        if (!said.isEmpty()) {
            assertThat(said).hasSize(2); // the logger's own, and the message
            assertThat(said.getLast()).matches(WARNING).contains(function, error);
        }
    }

    private static boolean needs(String poller, String step, String function) {
        if (function.equals("poll")) {
            return poller.equals("poll") || STEPS_WITH_POLL.contains(step);
        }
        return LINES.getOrDefault(function, Set.of()).contains(step);
    }
}
