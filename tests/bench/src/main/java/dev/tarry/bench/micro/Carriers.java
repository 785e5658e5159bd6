package dev.tarry.bench.micro;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;

/** Runs a body as Tarry's main task, on the carrier that a benchmark asks for. */
public final class Carriers {
    private static final String PROPERTY = "tarry.carrier";

    private Carriers() {}

    /** On virtual threads that run on the loop itself. */
    static void loop(Body body) {
        run("loop", body);
    }

    /** On ordinary virtual threads, without any flag. */
    static void handoff(Body body) {
        run("handoff", body);
    }

    private static void run(String carrier, Body body) {
        System.setProperty(PROPERTY, carrier);
        Tarry.run(body);
    }
}
