package dev.tarry.events;

import dev.tarry.events.internal.Combined;

/**
 * An event that is made of others: a tree with base events for leaves. It knows nothing of any
 * wait, and is never changed.
 *
 * @param <R> what it tells
 */
abstract non-sealed class CombinedEvent<R> extends Combined implements Event<R> {
    /** Deeper ones could not be gone through on a task's stack when a claim has been taken. */
    private static final int DEEPEST = 32;

    private int leaves;
    private int depth = 1;
    private boolean guarded;
    private boolean abortable;

    /** Notes one of those that it is made of; for the constructors. */
    final void has(Event<?> part) {
        if (part instanceof CombinedEvent<?> combined) {
            leaves = Math.addExact(leaves, combined.leaves);
            depth = Math.max(depth, combined.depth + 1);
            guarded |= combined.guarded;
            abortable |= combined.abortable;
        } else {
            leaves = Math.addExact(leaves, 1);
        }
        if (depth > DEEPEST) {
            throw new IllegalArgumentException(
                    "this would be an event of an event of an event, " + depth + " deep");
        }
    }

    final void isGuarded() {
        guarded = true;
    }

    final void isAbortable() {
        abortable = true;
    }

    @Override
    public final Event<?> event() {
        return this;
    }

    @Override
    public final boolean hasGuards() {
        return guarded;
    }

    @Override
    public final boolean hasAborts() {
        return abortable;
    }

    @Override
    public final int leaves() {
        return leaves;
    }

    /** Those that are made of one other. */
    abstract static class OfOne<R, I> extends CombinedEvent<R> {
        final Event<I> inner;

        OfOne(Event<I> inner) {
            this.inner = inner;
            has(inner);
        }

        abstract Event<R> of(Event<I> inner);

        @Override
        @SuppressWarnings("unchecked") // what is made in place of an event tells the same
        public final Event<?> made() {
            return hasGuards() ? of((Event<I>) Combined.made(inner)) : this;
        }

        @Override
        public final void list(int first, Places places) {
            Combined.list(inner, first, places);
        }

        @Override
        public final int poll(int first, Places places) {
            return Combined.poll(inner, first, places);
        }

        @Override
        public void ended(int first, int leaf) {
            Combined.ended(inner, first, leaf);
        }

        @Override
        public String toString() {
            return inner.toString();
        }
    }
}
