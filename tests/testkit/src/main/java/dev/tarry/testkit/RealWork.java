package dev.tarry.testkit;

import dev.tarry.events.Durations;
import dev.tarry.events.Work;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What other threads do for the tasks of a virtual clock, which takes real time, and how it fits
 * into a run that is to be the same each time: while they work no time passes, and their tasks hear
 * of it when all tasks wait, one at a time, in the order in which the work was begun.
 *
 * <p>Both give way: time, if nothing has come for long, since the code may wait for time to pass;
 * and the order, since the code that is first may need what the task of a later one does. Loop
 * only.
 */
final class RealWork {
    /** One piece of it. */
    private static final class Piece {
        private boolean ended;
        private long endedAt;
        private boolean overtaken; // by time
    }

    private final Map<Work, Piece> underWay = new LinkedHashMap<>();
    private long patience = 10_000_000_000L;
    private long latest = System.nanoTime(); // when anything began or ended

    void patience(Duration realTime) {
        patience = Durations.nanos(realTime);
    }

    void begun(Work work) {
        latest = System.nanoTime();
        underWay.put(work, new Piece());
    }

    void ended(Work work) {
        latest = System.nanoTime();
        Piece piece = underWay.get(work);
        if (piece != null) {
            piece.ended = true;
            piece.endedAt = latest;
        }
    }

    void forgotten(Work work) {
        underWay.remove(work);
    }

    /** All tasks wait: tells one, if it is its turn. Answers whether it did. */
    boolean tellNext() {
        boolean itsTurn = true;
        for (Map.Entry<Work, Piece> entry : underWay.entrySet()) {
            Piece piece = entry.getValue();
            if (piece.ended && (itsTurn || untilOutOfTurn(piece) <= 0)) {
                tell(entry.getKey(), itsTurn);
                return true;
            }
            itsTurn &= piece.overtaken;
        }
        return false;
    }

    private void tell(Work work, boolean itsTurn) {
        if (!itsTurn) {
            warn("{0} goes on before code that was started earlier", work);
        }
        underWay.remove(work);
        work.tell();
    }

    /**
     * How long, in real time, until one that has ended is told although it is not its turn;
     * negative if there is none.
     */
    long untilOutOfTurn() {
        long least = -1;
        for (Piece piece : underWay.values()) {
            if (piece.ended) {
                long rest = Math.max(0, untilOutOfTurn(piece));
                least = least < 0 ? rest : Math.min(least, rest);
            }
        }
        return least;
    }

    /** A later one waits for an earlier one for half of the patience. */
    private long untilOutOfTurn(Piece ended) {
        return rest(ended.endedAt, patience / 2);
    }

    /** How long, in real time, the clock still stands for it; 0 if it goes on. */
    long hold() {
        if (underWay.values().stream().allMatch(piece -> piece.overtaken)) {
            return 0;
        }
        long turn = untilOutOfTurn();
        long rest = rest(latest, patience);
        if (rest <= 0) {
            overtake();
            return turn < 0 ? 0 : 1; // one has ended, whose turn it is now
        }
        return turn < 0 ? rest : Math.clamp(turn, 1, rest);
    }

    private void overtake() {
        underWay.values().forEach(piece -> piece.overtaken = true);
        warn("virtual time goes on without {0}", underWay.keySet());
    }

    private void warn(String what, Object about) {
        System.getLogger("dev.tarry.testkit")
                .log(
                        Level.WARNING,
                        what
                                + ", since nothing has come back for long, in real time; what the"
                                + " seed decides is not all any more; see"
                                + " VirtualClock.blockingPatience ({1})",
                        about,
                        Duration.ofNanos(patience));
    }

    private static long rest(long since, long patience) {
        return patience - (System.nanoTime() - since);
    }
}
