package dev.tarry.events;

import dev.tarry.testkit.ScriptedPoller;

/**
 * A scripted poller over that of the system keeps the contract, as long as the script is silent.
 */
class ScriptedPollerContractTest extends PollerContractTest {
    @Override
    Poller newPoller() {
        return new ScriptedPoller(super.newPoller());
    }
}
