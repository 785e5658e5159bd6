package dev.tarry.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Task;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * One fault in one place, on one carrier, with other tasks beside it: two that send messages to one
 * another, and one that sleeps again and again. They must not notice.
 */
final class FaultyRun {
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration MOMENT = Duration.ofNanos(100_000);

    private final UserPlace place;
    private final UserCode code;
    private final String carrier;
    private final Queue<Throwable> told = new ConcurrentLinkedQueue<>();

    // Loop only; read when it has ended.
    private int exchanged;
    private int slept;
    private boolean over;
    private int ended;
    private boolean inOrder = true;
    private @Nullable Throwable failure;

    private FaultyRun(String carrier, UserPlace place, UserFault fault) {
        this.carrier = carrier;
        this.place = place;
        this.code = new UserCode(fault);
    }

    static void of(String carrier, UserPlace place, UserFault fault) throws Exception {
        new FaultyRun(carrier, place, fault).check();
    }

    // ---- the run

    private void main() {
        Channel<Integer> channel = Channel.rendezvous();
        Tarry.spawn(() -> counted(() -> send(channel)));
        Task<?> receiver =
                Tarry.spawn(() -> counted(() -> channel.forEach(message -> received(message))));
        Task<?> sleeper = Tarry.spawn(() -> counted(this::sleepOften));
        Task<?> victim =
                Tarry.spawn(
                        () ->
                                Scope.run(
                                        scope -> {
                                            code.isFor(scope);
                                            code.begin();
                                            place.with().with(code);
                                        }));
        Tarry.await(victim.done());
        int messages = exchanged;
        int times = slept;
        while (exchanged < messages + 20 || slept < times + 2) {
            pause();
        }
        over = true;
        receiver.join();
        sleeper.join();
    }

    private void counted(Runnable body) {
        try {
            body.run();
        } finally {
            ended++;
        }
    }

    private void send(Channel<Integer> channel) {
        for (int i = 0; !over; i++) {
            channel.send(i);
            pause();
        }
        channel.close();
    }

    private void received(int message) {
        inOrder &= message == exchanged++;
    }

    private void sleepOften() {
        while (!over) {
            Tarry.sleep(MOMENT);
            slept++;
        }
    }

    /** What a scheduler does only when it has nothing to do must be seen, too. */
    private void pause() {
        if (place.isPart()) {
            Tarry.sleep(MOMENT);
        } else {
            Tarry.yieldNow();
        }
    }

    private void run() {
        try {
            Runs.on(carrier, place.scheduler().apply(code), this::main);
        } catch (Throwable t) {
            failure = t;
            told.add(t);
        }
    }

    // ---- what must be true

    private void check() throws Exception {
        Map<String, Integer> before = descriptors();
        Logger root = Logger.getLogger("");
        Handler[] usual = root.getHandlers();
        Handler listener = listener();
        for (Handler handler : usual) {
            root.removeHandler(handler);
        }
        root.addHandler(listener);
        try {
            Thread thread = Thread.ofPlatform().daemon().name("faulty").start(this::run);
            if (!thread.join(LONGEST)) {
                throw new AssertionError("it hangs:\n" + Stacks.ofAll());
            }
            assertThat(code.wasCalled()).as("the place has called the user's code").isTrue();
            checkOthers();
            checkTold();
            checkDescriptors(before);
        } finally {
            root.removeHandler(listener);
            for (Handler handler : usual) {
                root.addHandler(handler);
            }
        }
    }

    private void checkOthers() {
        Throwable t = failure;
        boolean schedulerFailed =
                t instanceof IllegalStateException
                        && String.valueOf(t.getMessage()).contains("has failed");
        if (schedulerFailed && !place.isPart()) {
            throw new AssertionError("the scheduler has failed", t);
        }
        assertThat(inOrder).as("messages come in order").isTrue();
        assertThat(ended).as("the others have come to their ends").isEqualTo(3);
        if (!place.isPart() || t == null) {
            assertThat(exchanged).isGreaterThanOrEqualTo(20);
        }
    }

    /** Each one, unless it was thrown again and again in the same place. */
    private void checkTold() throws InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!place.silent() && !code.thrown().isEmpty() && !isTold()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(
                        "what it has thrown was told to nobody: " + code.thrown(),
                        code.thrown().peek());
            }
            Thread.sleep(1); // another thread may be about to
        }
    }

    private boolean isTold() {
        Set<Throwable> all = Collections.newSetFromMap(new IdentityHashMap<>());
        told.forEach(t -> collect(t, all));
        return code.thrown().stream()
                .anyMatch(
                        t ->
                                all.contains(t)
                                        || t instanceof StackOverflowError && hasOverflow(all));
    }

    private static boolean hasOverflow(Set<Throwable> all) {
        return all.stream().anyMatch(StackOverflowError.class::isInstance);
    }

    private static void collect(@Nullable Throwable t, Set<Throwable> all) {
        if (t != null && all.add(t)) {
            try {
                collect(t.getCause(), all);
                for (Throwable suppressed : t.getSuppressed()) {
                    collect(suppressed, all);
                }
            } catch (Throwable again) {
                all.add(again); // a user's, that throws when it is asked
            }
        }
    }

    private Handler listener() {
        Formatter formatter = new SimpleFormatter();
        return new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getThrown() != null) {
                    told.add(record.getThrown());
                }
                var unused = formatter.format(record); // as the usual one does
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }

    // ---- descriptors

    private static void checkDescriptors(Map<String, Integer> before) throws Exception {
        long end = System.nanoTime() + LONGEST.toNanos();
        Map<String, Integer> now = descriptors();
        while (isMore(now, before) && System.nanoTime() - end < 0) {
            Thread.sleep(1); // threads of the library's may be on their way out
            now = descriptors();
        }
        if (isMore(now, before)) {
            throw new AssertionError("descriptors are left open: " + before + ", then " + now);
        }
    }

    private static boolean isMore(Map<String, Integer> now, Map<String, Integer> before) {
        return now.entrySet().stream()
                .anyMatch(e -> e.getValue() > before.getOrDefault(e.getKey(), 0));
    }

    /** How many there are of each kind. Files are the JVM's own affair, which opens jars. */
    static Map<String, Integer> descriptors() throws IOException {
        Map<String, Integer> kinds = new TreeMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path one : all) {
                String target = target(one);
                if (!target.startsWith("/")) {
                    kinds.merge(target.replaceAll("\\d+", "#"), 1, Integer::sum);
                }
            }
        }
        return kinds;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "/gone";
        }
    }
}
