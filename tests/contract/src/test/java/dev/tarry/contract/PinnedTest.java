package dev.tarry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A wait where the task cannot leave its thread fails with an error that says so, at once, and all
 * goes on: the task itself, the others, and what was waited for.
 */
class PinnedTest {

    /** What a static initializer or a native callback runs, and what came of it. */
    private static @Nullable Body inside;

    private static @Nullable Throwable caught;

    private static void runInside() {
        Body body = inside;
        assertThat(body).isNotNull();
        caught = catchThrowable(body::run);
    }

    /** Some way to get a frame on the stack that pins. */
    private interface Pin {
        void around(Body body) throws Throwable;
    }

    private static void failsClearly(Variant variant, Pin pin) throws Exception {
        variant.run(
                () -> {
                    UserEvents.Flag flag = new UserEvents.Flag();
                    UserEvents.Box box = new UserEvents.Box(true);
                    UserEvents.Flag ofOther = new UserEvents.Flag();
                    Waiting other = Waiting.parked(List.of(ofOther), null);
                    for (Duration timeout : new Duration[] {null, Duration.ofMillis(1)}) {
                        assertRefused(
                                pin,
                                () ->
                                        Tarry.wait(
                                                List.of(flag, box),
                                                timeout,
                                                dev.tarry.events.Order.FAIR));
                        flag.assertNobodyArmed();
                        box.assertNobodyArmed();
                    }
                    // Nothing has been taken, the task can wait, and so can the others.
                    box.put("thing");
                    assertThat(Tarry.wait(flag, box).get(box)).contains("thing");
                    ofOther.raise();
                    assertThat(other.fired()).hasSize(1);
                    Tarry.sleep(Duration.ofMillis(1));
                });
    }

    private static void assertRefused(Pin pin, Body wait) throws Exception {
        inside = wait;
        caught = null;
        around(pin);
        assertThat(caught)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("task 'main' cannot wait here")
                .hasMessageContaining("native method");
    }

    private static void around(Pin pin) throws Exception {
        try {
            pin.around(PinnedTest::runInside);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /** What is ready needs no leaving. */
    private static void readyEventsWork(Variant variant, Pin pin) throws Exception {
        variant.run(
                () -> {
                    UserEvents.Box box = new UserEvents.Box(true);
                    box.put("thing");
                    inside =
                            () -> {
                                assertThat(Tarry.wait(box).get(box)).contains("thing");
                                assertThat(Tarry.await(box, Duration.ZERO)).isEmpty();
                                Tarry.yieldNow();
                            };
                    caught = null;
                    around(pin);
                    assertThat(caught).isNull();
                });
    }

    /**
     * Its tasks cannot be waited for in there, so they are cancelled, and the scope around waits.
     */
    private static void aScopeHandsItsTasksOn(Variant variant, Pin pin) throws Exception {
        variant.run(
                () -> {
                    List<String> log = new ArrayList<>();
                    IOException failure = new IOException("of the second task");
                    Throwable thrown =
                            catchThrowable(
                                    () -> Scope.run(scope -> openScopeInside(pin, log, failure)));
                    assertThat(caught)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("task 'main' cannot wait here");
                    assertThat(log).containsExactly("in there", "after it", "cleaned up");
                    assertThat(thrown).hasCause(failure);
                    Tarry.sleep(Duration.ofMillis(1));
                });
    }

    private static void openScopeInside(Pin pin, List<String> log, IOException failure)
            throws Exception {
        Scope around = Scope.current();
        inside =
                () ->
                        Scope.run(
                                scope -> {
                                    scope.spawn(
                                            () -> {
                                                try {
                                                    Tarry.sleep(Duration.ofDays(1));
                                                } finally {
                                                    Scope.shielded(s -> Tarry.yieldNow());
                                                    log.add("cleaned up");
                                                }
                                            });
                                    scope.spawn(
                                            () -> {
                                                throw failure;
                                            });
                                    log.add("in there");
                                });
        caught = null;
        around(pin);
        assertThat(Scope.current()).isSameAs(around);
        log.add("after it");
    }

    // ---- a static initializer

    /** Initialized once for each loader, and each call makes a new one. */
    static final class Initialized {
        static {
            runInside();
        }

        private Initialized() {}

        static void touch() {}
    }

    /** A new copy of {@link Initialized}, so that its static initializer runs again. */
    private static void initialize(Body unused) throws Throwable {
        String name = Initialized.class.getName();
        byte[] code;
        try (var in = PinnedTest.class.getResourceAsStream("PinnedTest$Initialized.class")) {
            code = in.readAllBytes();
        }
        MethodHandles.Lookup lookup =
                MethodHandles.lookup()
                        .defineHiddenClass(code, false, MethodHandles.Lookup.ClassOption.NESTMATE);
        assertThat(lookup.lookupClass().getName()).startsWith(name);
        lookup.ensureInitialized(lookup.lookupClass());
    }

    @OnBothCarriers
    void staticInitializer(Variant variant) throws Exception {
        failsClearly(variant, PinnedTest::initialize);
        readyEventsWork(variant, PinnedTest::initialize);
        aScopeHandsItsTasksOn(variant, PinnedTest::initialize);
    }

    // ---- a native callback, by the JDK's own way

    private static int compare(MemorySegment a, MemorySegment b) {
        runInside();
        return 0;
    }

    @SuppressWarnings("restricted") // the flag is given
    private static void sortWithForeignFunction(Body unused) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle qsort =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("qsort"),
                        FunctionDescriptor.ofVoid(
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.ADDRESS));
        MethodHandle compare =
                MethodHandles.lookup()
                        .findStatic(
                                PinnedTest.class,
                                "compare",
                                MethodType.methodType(
                                        int.class, MemorySegment.class, MemorySegment.class));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stub =
                    linker.upcallStub(
                            compare,
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                            arena);
            qsort.invokeExact(arena.allocate(8), 2L, 4L, stub);
        }
    }

    @OnBothCarriers
    void callbackOfAForeignFunction(Variant variant) throws Exception {
        failsClearly(variant, PinnedTest::sortWithForeignFunction);
        readyEventsWork(variant, PinnedTest::sortWithForeignFunction);
        aScopeHandsItsTasksOn(variant, PinnedTest::sortWithForeignFunction);
    }

    // ---- a native callback, by jnr-ffi

    /** Public for jnr-ffi. */
    public interface CLibrary {
        void qsort(@In @Out int[] base, long count, long size, Compare compare);
    }

    /** Public for jnr-ffi. */
    public interface Compare {
        @Delegate
        int compare(Pointer a, Pointer b);
    }

    private static void sortWithJnr(Body unused) {
        CLibrary library = LibraryLoader.create(CLibrary.class).load("c");
        Compare compare =
                (a, b) -> {
                    runInside();
                    return 0;
                };
        library.qsort(new int[] {2, 1}, 2, 4, compare);
    }

    @OnBothCarriers
    void callbackOfJnr(Variant variant) throws Exception {
        failsClearly(variant, PinnedTest::sortWithJnr);
        readyEventsWork(variant, PinnedTest::sortWithJnr);
    }

    // ---- and what does not pin

    @OnBothCarriers
    void reflectionAndMonitors_doNotPin(Variant variant) throws Exception {
        variant.run(
                () -> {
                    inside = () -> Tarry.sleep(Duration.ofNanos(1));
                    caught = null;
                    PinnedTest.class.getDeclaredMethod("runInside").invoke(null);
                    assertThat(caught).isNull();
                    synchronized (new Object()) {
                        runInside();
                    }
                    assertThat(caught).isNull();
                });
    }
}
