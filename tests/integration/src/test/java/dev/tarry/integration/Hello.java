package dev.tarry.integration;

import dev.tarry.runtime.Tarry;
import dev.tarry.scheduler.Scheduler;

import java.time.Duration;

/** A tiny program, to be started in a JVM of its own. */
final class Hello {
    private Hello() {}

    public static void main(String[] args) {
        for (int i = 0; i < 3; i++) {
            Tarry.run(
                    () -> {
                        Tarry.sleep(Duration.ofMillis(1));
                        System.out.println("hello on " + Scheduler.current().carrierName());
                    });
        }
    }
}
