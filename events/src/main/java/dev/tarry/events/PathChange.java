package dev.tarry.events;

import java.nio.file.Path;

/**
 * What happened to a watched path.
 *
 * @param kind what
 * @param path the path itself, or the entry of the watched directory
 */
public record PathChange(Kind kind, Path path) {

    /** What can happen. */
    public enum Kind {
        /** An entry was made in the directory, or moved into it. */
        CREATED,
        /** An entry was removed from the directory, or moved out of it; or the path itself was. */
        DELETED,
        /** The contents changed. */
        MODIFIED,
        /** Owner, mode, times or link count changed. */
        ATTRIBUTES,
        /** A file that was open for writing was closed: the moment to read it. */
        WRITTEN,
        /**
         * Something changed that cannot be told, since changes came faster than they were taken, or
         * the name of an entry is none in this locale: look for yourself.
         */
        OVERFLOW
    }
}
