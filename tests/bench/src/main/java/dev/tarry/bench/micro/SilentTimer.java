package dev.tarry.bench.micro;

import dev.tarry.events.Timer;

/** Says nothing when its time has come. */
final class SilentTimer extends Timer {
    @Override
    protected void fire() {}
}
