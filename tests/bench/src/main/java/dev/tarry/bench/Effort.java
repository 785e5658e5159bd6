package dev.tarry.bench;

/**
 * How thoroughly to measure.
 *
 * @param kind what for
 * @param rounds how often each contestant is measured; they take turns, and the median counts
 */
public record Effort(Kind kind, int rounds) {

    /** What the figures are for. */
    public enum Kind {
        /** The page. */
        FULL,
        /** A look. */
        QUICK,
        /** To see that it runs; contestants that must be compiled first are left out. */
        SMOKE
    }

    /** The one of the three that fits. */
    public int pick(int full, int quick, int smoke) {
        return switch (kind) {
            case FULL -> full;
            case QUICK -> quick;
            case SMOKE -> smoke;
        };
    }

    /** Whether this is only to see that it runs. */
    public boolean isSmoke() {
        return kind == Kind.SMOKE;
    }

    /** Tells how far it is. */
    public void progress(String format, Object... arguments) {
        if (!isSmoke()) {
            System.out.printf(java.util.Locale.ROOT, "  " + format + "%n", arguments);
        }
    }
}
