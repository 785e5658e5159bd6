package dev.tarry.events;

/**
 * A system property of ours makes no sense. Whoever started the JVM is told so in one sentence:
 * where in the program it was read helps nobody, so there is no stack trace.
 */
public final class SettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * Refuses a setting.
     *
     * @param message names the property, its value, and what it may be
     */
    public SettingException(String message) {
        super(message);
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
