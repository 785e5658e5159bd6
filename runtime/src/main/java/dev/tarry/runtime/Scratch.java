package dev.tarry.runtime;

import dev.tarry.events.Reactor;

import java.nio.ByteBuffer;

/**
 * The direct buffer that all streams of a scheduler read and write through, so that a thousand idle
 * connections hold no buffers. What is in it is gone at the next wait.
 */
final class Scratch {
    static final int SIZE = 64 * 1024;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);

    private Scratch() {}

    static ByteBuffer of(Reactor reactor) {
        return reactor.companion(Scratch.class, Scratch.class, k -> new Scratch()).buffer.clear();
    }
}
