package dev.tarry.bench.micro;

/** The JDK's own virtual threads, for the peers that run on them. */
final class VirtualThreads {
    /**
     * One processor, and so one carrier, as Tarry's tasks have one loop: where they switch fastest.
     * Not by the parallelism of the JDK's scheduler alone: Jox would see two processors, and spin
     * for a partner that cannot run meanwhile, which makes it thirty times slower.
     */
    static final String ONE_PROCESSOR = "-XX:ActiveProcessorCount=1";

    private VirtualThreads() {}

    /** A body that may throw. */
    interface Body {
        void run() throws Exception;
    }

    static Thread start(Body body) {
        return Thread.startVirtualThread(
                () -> {
                    try {
                        body.run();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /** Runs them beside each other, and waits until both have ended. */
    static void both(Body one, Body other) throws InterruptedException {
        Thread first = start(one);
        Thread second = start(other);
        first.join();
        second.join();
    }

    static Body repeat(int times, Body body) {
        return () -> {
            for (int i = 0; i < times; i++) {
                body.run();
            }
        };
    }
}
