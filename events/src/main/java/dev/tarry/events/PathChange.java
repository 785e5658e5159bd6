package dev.tarry.events;

import java.nio.file.Path;

/**
 * What happened to a watched path; see {@link PathWatch} for what is told when.
 *
 * @param kind what
 * @param path the path itself, or the entry of the watched directory
 */
public record PathChange(Kind kind, Path path) {

    /** What can happen. */
    public enum Kind {
        /**
         * The name has a file that it did not have before: made, moved there, or put in the place
         * of another one, which may have been watched until then. If it is the watched path itself,
         * and a directory, the entries that it was found with follow.
         */
        CREATED,
        /**
         * The name has no file any more: removed, or moved away, be it with a directory above. If
         * it is the watched path itself, its entries have gone with it, whether that is told of
         * each or not.
         */
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
