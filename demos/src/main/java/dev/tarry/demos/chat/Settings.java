package dev.tarry.demos.chat;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/**
 * What can be set.
 *
 * @param ping after so much silence a client is asked whether it is there, and has as long again to
 *     answer
 * @param registration how long a new client may take to say who it is
 * @param clients the most connections
 * @param queue the most lines that wait for a client that does not read
 * @param password what clients must send first, or null
 */
record Settings(
        Duration ping, Duration registration, int clients, int queue, @Nullable String password) {

    /** The longest list of targets in one command. */
    static final int TARGETS = 8;

    /** The most rooms that a client can be in. */
    static final int ROOMS = 20;
}
