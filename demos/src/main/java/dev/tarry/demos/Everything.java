package dev.tarry.demos;

import static dev.tarry.events.Signal.USR1;

import dev.tarry.events.Event;
import dev.tarry.events.Pipe;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Child;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.FdStream;
import dev.tarry.runtime.Signals;
import dev.tarry.runtime.Tarry;

import picocli.CommandLine.Command;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Seven kinds of things that can be waited for, in one wait. */
@Command(
        name = "everything",
        description = "Wait for fd, child, thread, timer, signal, task and channel in one call.",
        mixinStandardHelpOptions = true)
final class Everything implements Runnable {
    @Override
    public void run() {
        Tarry.run(Everything::waitForAll);
    }

    private static void waitForAll() throws Exception {
        try (var pipe = Pipe.open();
                var child = Child.start(new ProcessBuilder("sh", "-c", "sleep 0.2; exit 3"));
                var signals = Signals.subscribe(USR1)) {
            var thread = Thread.startVirtualThread(() -> pause(300));
            var channel = Channel.<String>rendezvous();
            var task = Tarry.spawn("causes", () -> causes(pipe, channel));

            Map<Event<?>, String> names = new LinkedHashMap<>();
            names.put(pipe.source().readable(), "fd");
            names.put(child.exit(), "child");
            names.put(Events.end(thread), "thread");
            names.put(Events.after(Duration.ofMillis(400)), "timer");
            names.put(signals.receiving(), "signal");
            names.put(task.done(), "task");
            names.put(channel.receiving(), "channel");

            while (!names.isEmpty()) {
                for (var fired : Tarry.wait(names.keySet())) {
                    System.out.println(names.remove(fired.event()) + ": " + fired.get());
                }
            }
        }
    }

    /** Makes happen what the others do not do by themselves. */
    private static String causes(Pipe pipe, Channel<String> channel) throws Exception {
        Tarry.sleep(Duration.ofMillis(100));
        new FdStream(null, pipe.sink()).writeLine("hello, pipe");
        Tarry.sleep(Duration.ofMillis(400));
        channel.send("hello, channel");
        String me = Long.toString(ProcessHandle.current().pid());
        try (var kill = Child.start(new ProcessBuilder("kill", "-USR1", me))) {
            kill.await();
        }
        Tarry.sleep(Duration.ofMillis(100));
        return "done";
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
