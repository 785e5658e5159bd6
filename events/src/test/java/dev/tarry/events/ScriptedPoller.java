package dev.tarry.events;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** Notes what it is asked for, and reports what the test has written down for it. */
final class ScriptedPoller implements Poller {

    private record Report(long token, int readiness) {}

    private record Notice(Subject subject, int ident, long detail) {}

    final List<String> calls = new ArrayList<>();
    private final Queue<Report> script = new ArrayDeque<>();
    private final Queue<Notice> notices = new ArrayDeque<>();
    long lastToken;

    /** What the next registration answers. */
    int answer;

    void willReport(long token, int readiness) {
        script.add(new Report(token, readiness));
    }

    void willTell(Subject subject, int ident, long detail) {
        notices.add(new Notice(subject, ident, detail));
    }

    private int called(String call, long token) {
        calls.add(call);
        lastToken = token;
        int result = answer;
        answer = 0;
        return result;
    }

    @Override
    public int addOneShot(int fd, int interest, long token) {
        return called("addOneShot " + interest, token);
    }

    @Override
    public int rearm(int fd, int interest, long token) {
        return called("rearm " + interest, token);
    }

    @Override
    public int addEdge(int fd, long token) {
        return called("addEdge", token);
    }

    @Override
    public int watch(Subject subject, int ident) {
        return called("watch " + subject, ident);
    }

    @Override
    public void unwatch(Subject subject, int ident) {
        calls.add("unwatch " + subject);
    }

    @Override
    public void remove(int fd) {
        calls.add("remove");
    }

    @Override
    public String registrationCall() {
        return "epoll or so";
    }

    @Override
    public void poll(long timeoutNanos, Sink sink) {
        Report report;
        while ((report = script.poll()) != null) {
            sink.ready(report.token, report.readiness);
        }
        Notice notice;
        while ((notice = notices.poll()) != null) {
            sink.happened(notice.subject, notice.ident, notice.detail);
        }
    }

    @Override
    public void wakeup() {}

    @Override
    public void close() {}
}
