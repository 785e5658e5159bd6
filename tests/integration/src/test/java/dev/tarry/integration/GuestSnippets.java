package dev.tarry.integration;

import dev.tarry.events.Event;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Guest;
import dev.tarry.runtime.Tarry;

import java.time.Duration;
import java.time.LocalTime;

import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JOptionPane;
import javax.swing.SwingUtilities;

/** What the Javadoc of {@link dev.tarry.runtime.Guest} shows. */
final class GuestSnippets {
    private GuestSnippets() {}

    static void swing(JFrame frame, JLabel label, Event<String> questions) {
        // @start region="swing"
        // in Swing, on the event dispatch thread
        Guest guest = Guest.on(SwingUtilities::invokeLater);
        guest.submit(
                () -> {
                    for (var tick = Events.every(Duration.ofSeconds(1)); ; Tarry.await(tick)) {
                        String now = LocalTime.now().toString();
                        guest.host(() -> label.setText(now)); // on the event dispatch thread
                    }
                });
        guest.submit(
                () -> {
                    while (true) {
                        String question = Tarry.await(questions);
                        int answer =
                                guest.host(() -> JOptionPane.showConfirmDialog(frame, question));
                        if (answer != JOptionPane.YES_OPTION) {
                            guest.host(frame::dispose);
                        }
                    }
                });
        // @end
    }
}
