package dev.tarry.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.MonitorInstruction;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One task runs at a time, so almost nothing in the library is concurrent. The classes that are,
 * are listed here with what they are concurrent for; a new one has to be argued for.
 */
class ThreadsTest {

    /** Futures and callables are words of an interface, not concurrency. */
    private static final Set<String> WORDS =
            Set.of(
                    "Callable",
                    "Future",
                    "Future$State",
                    "CompletionStage",
                    "CancellationException",
                    "CompletionException",
                    "ExecutionException");

    private static final Map<String, String> CONCURRENT = new TreeMap<>();

    static {
        allow("scheduler.Inbox", "the way in from other threads");
        allow("events.WakeupGuard", "the way in from other threads");
        allow("scheduler.Scheduler", "numbers them");
        allow(
                "scheduler.RunningSchedulers",
                "which schedulers run: read by every thread that asks");
        allow("scheduler.Task", "may be interrupted by whoever cancels it from outside");
        allow("scheduler.HandoffCarrier", "the baton goes from thread to thread");
        allow("scheduler.LoopCarrier", "a virtual thread calls its Executor");
        allow("scheduler.Watchdog", "looks at a loop that is busy, so from another thread");
        allow("scheduler.GuestLoop", "the host's thread may be interrupted by any other");
        allow("events.Backend", "several loops may begin at once, and one of them warns");
        allow("events.Turnstile", "what other threads use may end meanwhile");
        allow("events.EpollPoller", "several loops may be the first to ask whether it is allowed");
        allow("scheduler.HostSeat", "a thread takes the place of a host that refuses");
        allow("events.libc.Kqueue", "the library may be loaded by several loops at once");
        allow("events.Fd", "may be closed by any thread");
        allow(
                "events.FreedDescriptors",
                "descriptors are the process's, whichever loop closes one");
        allow("events.SpareDescriptor", "one for the process, spent by whichever loop is short");
        allow("events.SignalHub", "signals belong to the process, not to a loop");
        allow("events.JvmSignalSource", "the JVM calls it on threads of its own");
        allow("events.SignalfdSource", "read by whichever loop is quickest");
        allow("events.SignalSubscription", "counts on the threads of the JVM");
        allow("events.ThreadEnd", "a thread joins another one");
        allow("events.Completion", "a future is completed by any thread");
        allow("events.StageCopy", "a future is completed by any thread");
        allow("events.PathScan", "looks at files, which may block");
        allow("events.ProcessExit", "the exit value is told by a thread of the JDK");
        allow(
                "events.SpawnedChild",
                "reaped by the reaper's thread, or by the loop that looks first");
        allow("events.Reaper", "children end when they like, and must be reaped");
        allow("events.Offer", "a wait is committed to by other threads");
        allow("runtime.SpinLock", "threads quarrel for a shared channel, and no loop may sleep");
        allow("runtime.SharedChannel", "schedulers and threads meet in it");
        allow("runtime.ThreadWait", "a thread waits for a shared channel");
        allow("runtime.BlockingThread", "code that blocks runs on threads");
        allow("runtime.BlockingJob", "is run by a thread, and abandoned by a task");
        allow("runtime.LoopThread", "a virtual thread waits for a loop");
        allow("runtime.TarryService", "is for applications with threads");
        allow("runtime.Guest", "is for applications with threads");
        allow("runtime.GuestDriver", "sleeps for a host that cannot");
        allow("runtime.Submissions", "takes tasks from any thread");
    }

    private static void allow(String name, String reason) {
        CONCURRENT.put("dev.tarry." + name, reason);
    }

    private static final JavaClasses LIBRARY =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.tarry.events", "dev.tarry.scheduler", "dev.tarry.runtime");

    private static String outermost(JavaClass c) {
        String name = c.getName();
        return name.indexOf('$') < 0 ? name : name.substring(0, name.indexOf('$'));
    }

    private static boolean isConcurrent(JavaClass c) {
        return c.getFields().stream()
                        .anyMatch(f -> f.getModifiers().contains(JavaModifier.VOLATILE))
                || c.getMethods().stream()
                        .anyMatch(m -> m.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                || c.getDirectDependenciesFromSelf().stream()
                        .anyMatch(d -> isConcurrency(d.getTargetClass()))
                || locksAMonitor(c);
    }

    /** A synchronized block, of which only the instruction tells. */
    private static boolean locksAMonitor(JavaClass c) {
        try (InputStream bytes = c.getSource().orElseThrow().getUri().toURL().openStream()) {
            return ClassFile.of().parse(bytes.readAllBytes()).methods().stream()
                    .flatMap(m -> m.code().stream())
                    .flatMap(code -> code.elementStream())
                    .anyMatch(e -> e instanceof MonitorInstruction);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isConcurrency(JavaClass used) {
        String prefix = "java.util.concurrent.";
        return used.getName().equals("dev.tarry.runtime.SpinLock") // whoever needs it, is shared
                || used.getName().startsWith(prefix)
                        && !WORDS.contains(used.getName().substring(prefix.length()));
    }

    /**
     * One thread of the JDK makes all virtual threads ready that have waited for a monitor, and
     * comes this way: see {@code Turnstile}.
     */
    @Test
    void onTheWayIn_thereIsNoMonitor() {
        for (String name :
                List.of(
                        "scheduler.LoopCarrier$Mount",
                        "scheduler.Scheduler",
                        "scheduler.Inbox",
                        "events.WakeupGuard",
                        "events.EpollPoller",
                        "events.PollPoller",
                        "events.KqueuePoller",
                        "events.Doorbell",
                        "events.Turnstile")) {
            JavaClass c = LIBRARY.get("dev.tarry." + name);
            assertThat(c.getMethods())
                    .as("methods of %s", name)
                    .isNotEmpty()
                    .noneMatch(
                            m ->
                                    m.getModifiers().contains(JavaModifier.SYNCHRONIZED)
                                            && !m.getModifiers().contains(JavaModifier.STATIC));
            assertThat(locksAMonitor(c)).as("synchronized blocks in %s", name).isFalse();
        }
    }

    @Test
    void onlyTheListedClasses_areConcurrent() {
        classes()
                .that(
                        DescribedPredicate.describe(
                                "are not listed", c -> !CONCURRENT.containsKey(outermost(c))))
                .should(notBeConcurrent())
                .check(LIBRARY);
    }

    private static ArchCondition<JavaClass> notBeConcurrent() {
        return new ArchCondition<>("not be concurrent") {
            @Override
            public void check(JavaClass c, ConditionEvents events) {
                events.add(
                        new SimpleConditionEvent(
                                c,
                                !isConcurrent(c),
                                c.getName()
                                        + " uses java.util.concurrent, volatile, synchronized or"
                                        + " locks"));
            }
        };
    }

    /** What is looked for is found, in a class that has nothing else that is concurrent. */
    @Test
    void synchronizedBlock_isSeen() {
        JavaClass twin = new ClassFileImporter().importClass(Twin.class);
        assertThat(isConcurrent(twin)).isTrue();
    }

    @SuppressWarnings("unused")
    private static final class Twin {
        int count;

        void add() {
            synchronized (this) {
                count++;
            }
        }
    }

    @Test
    void everyListedClass_existsAndIsConcurrent() {
        for (String name : CONCURRENT.keySet()) {
            assertThat(LIBRARY.contain(name)).as(name).isTrue();
        }
        classes()
                .that(
                        DescribedPredicate.describe(
                                "are listed", c -> CONCURRENT.containsKey(c.getName())))
                .should(
                        new ArchCondition<>("need to be listed") {
                            @Override
                            public void check(JavaClass c, ConditionEvents events) {
                                boolean any =
                                        LIBRARY.stream()
                                                .filter(x -> outermost(x).equals(c.getName()))
                                                .anyMatch(ThreadsTest::isConcurrent);
                                events.add(
                                        new SimpleConditionEvent(
                                                c, any, c.getName() + " is not concurrent"));
                            }
                        })
                .check(LIBRARY);
    }
}
