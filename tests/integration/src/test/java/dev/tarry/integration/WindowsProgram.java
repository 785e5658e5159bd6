package dev.tarry.integration;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Guest;
import dev.tarry.runtime.Tarry;

import java.awt.EventQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;

import javax.swing.JDialog;
import javax.swing.JFrame;
import javax.swing.JLabel;

/**
 * Tasks of a guest of Swing that open windows and dialogs, write into them and dispose them, many
 * times and all at once, beside timers and a channel. Says what it has done.
 */
final class WindowsProgram {
    private static final int TASKS = 5;
    private static final int ROUNDS = 12;

    private final Guest guest;
    private final Channel<String> news;
    private int open; // the event thread's

    private WindowsProgram() {
        guest = Guest.on(EventQueue::invokeLater);
        news = Channel.rendezvous();
    }

    public static void main(String[] args) throws Exception {
        WindowsProgram program = onEventThread(WindowsProgram::new);
        program.run();
        Thread events = program.guest.submit(() -> program.guest.host(Thread::currentThread)).get();
        events.join(); // without windows it ends; the guest goes on with the next one
        Thread next = program.guest.submit(() -> program.guest.host(Thread::currentThread)).get();
        System.out.println("next event thread: " + (next != events));
        onEventThread(
                () -> {
                    program.guest.close();
                    return true;
                });
    }

    private static <T> T onEventThread(Callable<T> code) throws Exception {
        FutureTask<T> task = new FutureTask<>(code);
        EventQueue.invokeLater(task);
        return task.get();
    }

    private void run() throws Exception {
        var ticking = guest.submit(this::tick);
        var collecting = guest.submit(this::collect);
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            int number = i;
            all.add(guest.submit(() -> useWindows(number)));
        }
        for (CompletableFuture<?> one : all) {
            one.get();
        }
        System.out.println("news: " + collecting.get());
        ticking.cancel(true);
        System.out.println("windows left: " + guest.submit(() -> guest.host(() -> open)).get());
    }

    private void tick() {
        for (var tick = Events.every(Duration.ofMillis(1)); ; Tarry.await(tick)) {
            Tarry.yieldNow();
        }
    }

    private int collect() {
        int count = 0;
        while (count < TASKS * ROUNDS * 2) {
            news.receive();
            count++;
        }
        return count;
    }

    private void useWindows(int task) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            JLabel label = new JLabel();
            String name = task + "/" + round;
            JFrame frame = guest.host(() -> openWindow(name, label));
            Tarry.sleep(Duration.ofNanos(300_000L * task));
            guest.host(() -> label.setText("a text that is longer"));
            news.send("open " + name);
            if (round % 2 == 0) {
                askInADialog(frame);
            }
            guest.host(() -> close(frame));
            news.send("closed " + name);
        }
    }

    private JFrame openWindow(String name, JLabel label) {
        JFrame frame = new JFrame(name);
        frame.add(label);
        frame.setSize(200, 100);
        frame.setVisible(true);
        open++;
        return frame;
    }

    /** Modal: its loop runs the turns in which another task closes it. */
    private void askInADialog(JFrame frame) throws Exception {
        JDialog dialog = guest.host(() -> new JDialog(frame, "sure?", true));
        var closing =
                Tarry.spawn(
                        () -> {
                            while (!guest.host(dialog::isVisible)) {
                                Tarry.sleep(Duration.ofMillis(1));
                            }
                            guest.host(dialog::dispose);
                        });
        guest.host(() -> dialog.setVisible(true)); // until it is closed
        closing.join();
    }

    private void close(JFrame frame) {
        frame.dispose();
        open--;
    }
}
