package dev.tarry.runtime;

import java.io.IOException;

/**
 * A line was longer than the stream's limit. It is skipped to its end; the next one can be read.
 */
public final class LineTooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    LineTooLongException(FdStream stream, int limit) {
        super("a line on " + stream + " is longer than " + limit + " bytes");
    }
}
