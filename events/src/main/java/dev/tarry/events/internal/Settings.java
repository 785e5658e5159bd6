package dev.tarry.events.internal;

import dev.tarry.events.SettingException;
import dev.tarry.events.libc.LibcHook;

import java.util.List;
import java.util.Locale;

/**
 * What the system properties {@code -Dtarry...} say: all that the library reads, and what they may
 * be. An empty one is as good as none. A value that makes no sense throws a {@link
 * SettingException}, one sentence without a stack trace, when the next scheduler is made: before
 * anything runs, and not when it is first used.
 */
public final class Settings {
    private Settings() {}

    /** Throws if any of them makes no sense. */
    public static void check() {
        backend();
        carrier();
        watchdogMillis();
        blockingThreads();
        inotify();
        pathScanMillis();
        pidfd();
        spawn();
        String complaint = LibcHook.complaint();
        if (complaint != null) {
            throw new SettingException(complaint);
        }
    }

    /** {@code tarry.backend}: the name of a poller; empty for the best. */
    public static String backend() {
        return choice("tarry.backend", List.of("epoll", "kqueue", "poll"));
    }

    /** {@code tarry.carrier}: loop or handoff; empty for the best. */
    public static String carrier() {
        return choice("tarry.carrier", List.of("loop", "handoff"));
    }

    /** {@code tarry.watchdog}: how long a task may hold the loop; 0 for as long as it likes. */
    public static long watchdogMillis() {
        return number("tarry.watchdog", "milliseconds", Long.MAX_VALUE / 1_000_000, 0);
    }

    /** {@code tarry.blocking.threads}: for the code that blocks of one scheduler; 0 if not set. */
    public static int blockingThreads() {
        return (int) number("tarry.blocking.threads", "threads", Integer.MAX_VALUE, 0);
    }

    /** {@code tarry.inotify}: false compares paths instead. */
    public static boolean inotify() {
        return flag("tarry.inotify");
    }

    /** {@code tarry.pathScanMillis}: how often paths are compared. */
    public static long pathScanMillis() {
        return number("tarry.pathScanMillis", "milliseconds", Long.MAX_VALUE / 1_000_000, 1000);
    }

    /** {@code tarry.pidfd}: false has the JDK tell the ends of processes. */
    public static boolean pidfd() {
        return flag("tarry.pidfd");
    }

    /** {@code tarry.spawn}: false has the JDK start children. */
    public static boolean spawn() {
        return flag("tarry.spawn");
    }

    private static SettingException bad(String name, String rule, String value) {
        return new SettingException(name + " " + rule + ", not '" + value + "'");
    }

    private static String text(String name) {
        return System.getProperty(name, "");
    }

    private static String choice(String name, List<String> possible) {
        String text = text(name);
        String lower = text.toLowerCase(Locale.ROOT);
        if (!text.isEmpty() && !possible.contains(lower)) {
            throw bad(name, "is " + String.join(" or ", possible), text);
        }
        return lower;
    }

    private static boolean flag(String name) {
        return !choice(name, List.of("true", "false")).equals("false");
    }

    private static long number(String name, String unit, long most, long otherwise) {
        String text = text(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // it is none, which is said below
        }
        String range = most == Integer.MAX_VALUE ? "1 to " + most : "1 or more";
        throw bad(name, "is a number of " + unit + ", " + range, text);
    }
}
