package dev.tarry.events;

import dev.tarry.events.Poller.Subject;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who on one loop wants to hear what its poller tells besides the readiness of descriptors. Most
 * pollers tell nothing else, so whoever listens needs another way, too. Loop only.
 */
final class Notices {
    /** Hears of one subject; must not wait. */
    interface Listener {
        /**
         * @param detail see {@link Subject}
         */
        void happened(long detail);
    }

    private record Key(Subject subject, int ident) {}

    private final Poller poller;
    private final Map<Key, List<Listener>> listeners = new HashMap<>();

    Notices(Poller poller) {
        this.poller = poller;
    }

    /**
     * From now on {@code listener} hears of it.
     *
     * @return false if the poller does not tell; then nothing has happened
     */
    boolean add(Subject subject, int ident, Listener listener) {
        Key key = new Key(subject, ident);
        List<Listener> all = listeners.get(key);
        if (all == null) {
            if (poller.watch(subject, ident) < 0) {
                return false;
            }
            all = new ArrayList<>(1);
            listeners.put(key, all);
        }
        all.add(listener);
        return true;
    }

    /** Undoes one {@link #add}; nothing happens if there is none left. */
    void remove(Subject subject, int ident, Listener listener) {
        Key key = new Key(subject, ident);
        List<Listener> all = listeners.get(key);
        if (all != null && all.remove(listener) && all.isEmpty()) {
            listeners.remove(key);
            poller.unwatch(subject, ident);
        }
    }

    void tell(Subject subject, int ident, long detail) {
        Key key = new Key(subject, ident);
        List<Listener> all = List.copyOf(listeners.getOrDefault(key, List.of()));
        if (subject == Subject.PROCESS) {
            listeners.remove(key); // it ends once, and the pid may be another's soon
        }
        all.forEach(listener -> listener.happened(detail));
    }
}
