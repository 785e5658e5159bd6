package dev.tarry.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The tasks of a scheduler as text, for people. */
final class Dump {
    private static final int MOST_TASKS = 1000;
    private static final List<String> NOT_ITS_OWN =
            List.of(
                    "java.",
                    "jdk.",
                    "dev.tarry.events.",
                    "dev.tarry.scheduler.",
                    "dev.tarry.runtime.");

    private Dump() {}

    static String of(Scheduler scheduler) {
        List<Task<?>> tasks = new ArrayList<>();
        scheduler.root().forEachTask(tasks::add);
        tasks.sort(Comparator.comparingLong(Task::number));
        StringBuilder text = new StringBuilder();
        text.append(scheduler).append(": ").append(tasks.size()).append(" tasks\n");
        long now = scheduler.reactor().nanos();
        for (Task<?> task : tasks.subList(0, Math.min(tasks.size(), MOST_TASKS))) {
            append(text, task, now);
        }
        if (tasks.size() > MOST_TASKS) {
            text.append("  and ").append(tasks.size() - MOST_TASKS).append(" more\n");
        }
        for (Outsider outsider : scheduler.expected()) {
            text.append("  may come from outside: ").append(outsider).append('\n');
        }
        return text.toString();
    }

    private static void append(StringBuilder text, Task<?> task, long now) {
        text.append("  #").append(task.number()).append(" '").append(task.name()).append("' ");
        Wait wait = task.currentWait();
        if (wait == null) {
            text.append(task.state());
        } else {
            text.append("WAITING for ").append(wait).append(", since ");
            text.append((now - wait.since()) / 1_000_000).append(" ms");
        }
        appendPlace(text, task);
        String separator = ", in ";
        for (CancelScope s = task.scope(); s != null; s = s.parent()) {
            if (s != task.ownScope()) {
                text.append(separator).append(s);
                separator = " < ";
            }
        }
        text.append(task.scope().isCancelled() ? ", cancelled\n" : "\n");
    }

    /** Where it is in its own code. */
    private static void appendPlace(StringBuilder text, Task<?> task) {
        for (StackTraceElement frame : task.thread().getStackTrace()) {
            if (NOT_ITS_OWN.stream().noneMatch(frame.getClassName()::startsWith)) {
                text.append(", at ").append(frame);
                return;
            }
        }
    }
}
