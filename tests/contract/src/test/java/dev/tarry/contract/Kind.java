package dev.tarry.contract;

import dev.tarry.events.Backend;

/**
 * The kinds of events that the matrix tries against each other: a new kind of event is one row
 * here.
 *
 * <p>A row says whether the kind is a claim, and how to make one that is not ready.
 */
enum Kind {
    FD_READABLE(Sort.LEVEL, FdKinds::readable),
    FD_WRITABLE(Sort.LEVEL, FdKinds::writable),
    FD_PRIORITY(Sort.LEVEL, FdKinds::priority),
    FD_HANGUP(Sort.LEVEL, FdKinds::hangup),
    OWN_FD_READABLE(Sort.LEVEL, FdKinds::ownReadable),
    OWN_FD_WRITABLE(Sort.LEVEL, FdKinds::ownWritable),
    OWN_FD_HANGUP(Sort.LEVEL, FdKinds::ownHangup),
    LINE(Sort.CLAIM, FdKinds::line),
    CONNECTION(Sort.CLAIM, FdKinds::connection),
    PATH_CHANGE(Sort.CLAIM, SystemKinds::pathChange),
    PROCESS_EXIT(Sort.LEVEL, SystemKinds::processExit),
    CHILD_EXIT(Sort.LEVEL, SystemKinds::childExit),
    SIGNAL(Sort.CLAIM, SystemKinds::signal),
    PLATFORM_THREAD_END(Sort.LEVEL, SystemKinds::platformThreadEnd),
    VIRTUAL_THREAD_END(Sort.LEVEL, SystemKinds::virtualThreadEnd),
    DEADLINE(Sort.LEVEL, SystemKinds::deadline),
    TICKER(Sort.CLAIM, SystemKinds::ticker),
    TASK_END(Sort.LEVEL, MemoryKinds::taskEnd),
    RECEIVE(Sort.CLAIM, MemoryKinds::receive),
    RECEIVE_BUFFERED(Sort.CLAIM, MemoryKinds::receiveBuffered),
    SEND(Sort.CLAIM, MemoryKinds::send),
    SEND_BUFFERED(Sort.CLAIM, MemoryKinds::sendBuffered),
    RECEIVE_SHARED(Sort.CLAIM, MemoryKinds::receiveShared),
    SEND_SHARED(Sort.CLAIM, MemoryKinds::sendShared),
    CHANNEL_CLOSED(Sort.LEVEL, MemoryKinds::channelClosed),
    COMPLETION_STAGE(Sort.LEVEL, MemoryKinds::completionStage),
    LISTENABLE_FUTURE(Sort.LEVEL, MemoryKinds::listenableFuture),
    TRIGGER(Sort.CLAIM, MemoryKinds::trigger),
    USER_LEVEL(Sort.LEVEL, MemoryKinds::userLevel),
    USER_CLAIM(Sort.CLAIM, MemoryKinds::userClaim),
    USER_CLAIM_THAT_WAKES(Sort.CLAIM, MemoryKinds::userClaimThatWakes),
    MAPPED_LEVEL(Sort.LEVEL, MemoryKinds::mappedLevel),
    CHOICE(Sort.CLAIM, MemoryKinds::choice);

    /** See {@link dev.tarry.events.Event}. */
    enum Sort {
        LEVEL,
        CLAIM
    }

    /** Makes one, not ready. */
    interface Factory {
        /**
         * @param index 0 or 1; two of one kind that shared something global would not be two
         * @param soon whether it will be fired, so that of two timers the right one can be earlier
         */
        Subject<?> open(Stage stage, int index, boolean soon) throws Exception;
    }

    private final Sort sort;
    private final Factory factory;

    Kind(Sort sort, Factory factory) {
        this.sort = sort;
        this.factory = factory;
    }

    boolean isClaim() {
        return sort == Sort.CLAIM;
    }

    /** Milliseconds for each: a process to start, an inotify instance to be torn down. */
    boolean isSlow() {
        return this == PATH_CHANGE || this == PROCESS_EXIT || this == CHILD_EXIT;
    }

    /** kqueue knows nothing of priority data. */
    boolean isToldBy(Variant variant) {
        return this != FD_PRIORITY || variant.backend() != Backend.KQUEUE;
    }

    Subject<?> open(Stage stage, int index, boolean soon) throws Exception {
        return factory.open(stage, index, soon);
    }
}
