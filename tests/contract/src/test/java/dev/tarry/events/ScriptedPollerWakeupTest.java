package dev.tarry.events;

import dev.tarry.testkit.ScriptedPoller;

/** A scripted poller over that of the system is woken as that is. */
class ScriptedPollerWakeupTest extends PollerWakeupTest {
    @Override
    Poller newPoller() {
        return new ScriptedPoller(super.newPoller());
    }
}
