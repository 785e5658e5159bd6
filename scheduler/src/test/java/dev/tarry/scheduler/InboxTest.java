package dev.tarry.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.WakeupGuard;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The way in from other threads. Its races are in tests/concurrency. */
@Timeout(60)
class InboxTest {
    private final Inbox inbox = new Inbox(new WakeupGuard(() -> {}));

    @Test
    void eightSenders_orderOfEachIsKept() throws InterruptedException {
        int messages = 20_000;
        List<List<Integer>> received = new ArrayList<>();
        List<Thread> senders = new ArrayList<>();
        for (int s = 0; s < 8; s++) {
            List<Integer> mine = new ArrayList<>();
            received.add(mine);
            senders.add(Thread.ofPlatform().start(() -> sendNumbers(messages, mine)));
        }
        while (received.stream().anyMatch(mine -> mine.size() < messages)) {
            inbox.take();
        }
        for (Thread sender : senders) {
            sender.join();
        }
        assertThat(inbox.isEmpty()).isTrue();
        assertThat(received).allSatisfy(mine -> assertThat(mine).hasSize(messages).isSorted());
    }

    private void sendNumbers(int messages, List<Integer> to) {
        for (int i = 0; i < messages; i++) {
            int number = i;
            inbox.post(() -> to.add(number));
        }
    }

    @Test
    void postAfterClose_isRefused() {
        inbox.close();
        assertThat(inbox.post(() -> {})).isFalse();
        assertThat(inbox.isEmpty()).isTrue();
    }

    @Test
    void flood_isTakenInBoundedParts() {
        AtomicInteger ran = new AtomicInteger();
        Runnable[] again = new Runnable[1];
        again[0] =
                () -> {
                    ran.incrementAndGet();
                    inbox.post(again[0]);
                };
        inbox.post(again[0]);
        inbox.take(); // would never return
        assertThat(ran.get()).isPositive();
        assertThat(inbox.isEmpty()).isFalse();
    }

    @Test
    void actionThatFails_harmsNoneBehindIt() {
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            inbox.post(
                    () -> {
                        throw new StackOverflowError();
                    });
            inbox.post(ran::incrementAndGet);
        }
        inbox.take();
        assertThat(ran.get()).isEqualTo(2);
    }
}
