package dev.tarry.stress.programs;

import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Events;
import dev.tarry.runtime.Tarry;
import dev.tarry.runtime.TarryService;
import dev.tarry.stress.Proc;
import dev.tarry.stress.Run;
import dev.tarry.stress.Stress;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Opens and closes loops, one after the other: heap, descriptors and threads stay as they are. */
public final class CycleStress implements Stress {
    private static final int WARM_UP = 50;

    // A loop that is not forgotten keeps its poller's buffers, its tasks and their stacks.
    private static final long SLACK = 2 << 20;

    @Override
    public String name() {
        return "cycles";
    }

    @Override
    public String what() {
        return "Opens and closes loops: heap, descriptors and threads stay as they are.";
    }

    @Override
    public long few() {
        return 200;
    }

    @Override
    public long many() {
        return 1_000;
    }

    @Override
    public boolean usesFds() {
        return true;
    }

    @Override
    public void run(Run run) throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            cycle();
        }
        long heap = Proc.heapAfterGc();
        int descriptors = Proc.descriptors().size();
        for (long i = 0; i < run.count(); i++) {
            cycle();
            run.progress(i + 1);
        }
        long heapMore = Proc.heapAfterGc() - heap;
        int descriptorsMore = Proc.descriptors().size() - descriptors;
        run.say("heap %,d bytes more, %d descriptors more", heapMore, descriptorsMore);
        Run.check(heapMore < SLACK, "the heap has grown by %,d bytes", heapMore);
        Run.check(descriptorsMore <= 0, "%d descriptors more", descriptorsMore);
    }

    private static void cycle() throws Exception {
        try (TarryService service = Tarry.start()) {
            Channel<String> channel = Channel.rendezvous();
            var unused = service.submit(() -> Tarry.sleep(Duration.ofHours(1)));
            unused = service.submit(() -> channel.send("nobody takes it"));
            var future =
                    service.submit(
                            () ->
                                    Tarry.await(Events.done(CompletableFuture.completedFuture("a")))
                                            .get());
            Run.check(future.get().equals("a"), "the future said %s", future);
        }
    }
}
