package dev.tarry.stress;

import dev.tarry.stress.programs.ChannelStress;
import dev.tarry.stress.programs.ChildStress;
import dev.tarry.stress.programs.CloseStress;
import dev.tarry.stress.programs.ConnectionStress;
import dev.tarry.stress.programs.CycleStress;
import dev.tarry.stress.programs.ForkStress;
import dev.tarry.stress.programs.RawCloseStress;
import dev.tarry.stress.programs.SharedStress;
import dev.tarry.stress.programs.ShutdownStress;
import dev.tarry.stress.programs.SignalStress;
import dev.tarry.stress.programs.SpawnStress;
import dev.tarry.stress.programs.SwitchStress;
import dev.tarry.stress.programs.TimerStress;
import dev.tarry.stress.programs.WakeupStress;

import java.util.List;

/** All stress programs. */
final class Suite {
    static final List<Stress> ALL =
            List.of(
                    new SpawnStress(),
                    new SwitchStress(),
                    new TimerStress(),
                    new ChannelStress(),
                    new ConnectionStress(),
                    new SharedStress(),
                    new WakeupStress(),
                    new SignalStress(),
                    new ForkStress(),
                    new ChildStress(),
                    new CloseStress(),
                    new RawCloseStress(),
                    new ShutdownStress(),
                    new CycleStress());

    private Suite() {}
}
