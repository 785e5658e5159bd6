package dev.tarry.bench.micro;

import dev.tarry.runtime.Body;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;

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

    /** A scheduler of its own, which stays until it is closed. */
    static TarryService start(String carrier) {
        System.setProperty(PROPERTY, carrier);
        return Tarry.start();
    }

    private static void run(String carrier, Body body) {
        System.setProperty(PROPERTY, carrier);
        Tarry.run(body);
    }
}
