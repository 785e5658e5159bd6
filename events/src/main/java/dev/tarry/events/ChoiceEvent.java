package dev.tarry.events;

import dev.tarry.events.internal.Combined;
import dev.tarry.events.internal.Reports;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;

/** {@link Event#anyOf}. */
final class ChoiceEvent<R> extends CombinedEvent<R> {
    private final Order order;
    private final Event<?>[] branches;

    /** Where the leaves of each branch begin, counted from the first leaf of this. */
    private final int[] offsets;

    private ChoiceEvent(Order order, Event<?>[] branches) {
        this.order = order;
        this.branches = branches;
        this.offsets = new int[branches.length];
        for (int i = 0; i < branches.length; i++) {
            offsets[i] = leaves();
            has(branches[i]);
        }
    }

    static <R> Event<R> of(Order order, Collection<? extends Event<? extends R>> events) {
        Objects.requireNonNull(order, "order");
        List<Event<?>> branches = new ArrayList<>();
        for (Event<?> event : events) {
            Objects.requireNonNull(event, "event");
            // Two fair choices in a row would not be fair to the events of the longer one.
            if (event instanceof ChoiceEvent<?> choice && choice.order == order) {
                branches.addAll(List.of(choice.branches));
            } else {
                branches.add(event);
            }
        }
        return branches.isEmpty()
                ? Event.never()
                : new ChoiceEvent<>(order, branches.toArray(Event<?>[]::new));
    }

    @Override
    public Event<?> made() {
        return hasGuards() ? new ChoiceEvent<>(order, Combined.made(branches)) : this;
    }

    @Override
    public void list(int first, Places places) {
        for (int i = 0; i < branches.length; i++) {
            Combined.list(branches[i], first + offsets[i], places);
        }
    }

    @Override
    public int poll(int first, Places places) {
        int n = branches.length;
        int start = order == Order.FAIR && n > 1 ? places.start(this, n) : 0;
        for (int k = 0; k < n; k++) {
            int i = start + k < n ? start + k : start + k - n;
            int leaf = Combined.poll(branches[i], first + offsets[i], places);
            if (leaf != NONE) {
                return leaf;
            }
        }
        return NONE;
    }

    @Override
    public Object result(int first, int leaf, Outcome<?> raw) {
        int i = branches.length - 1;
        while (first + offsets[i] > leaf) {
            i--;
        }
        return Combined.result(branches[i], first + offsets[i], leaf, raw);
    }

    @Override
    public void ended(int first, int leaf) {
        for (int i = 0; i < branches.length; i++) {
            Combined.ended(branches[i], first + offsets[i], leaf);
        }
    }

    @Override
    public String toString() {
        StringJoiner all = new StringJoiner(", ", "any of [", "]");
        for (Event<?> branch : branches) {
            all.add(Reports.text(branch));
        }
        return all.toString();
    }
}
