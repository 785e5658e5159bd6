package dev.tarry.integration;

import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;

import java.time.Duration;

/** What the code of a user does where the library calls it. */
enum UserFault {
    EXCEPTION {
        @Override
        void happen(UserCode code) {
            throw new IllegalStateException("an exception");
        }
    },
    CHECKED {
        @Override
        void happen(UserCode code) {
            throw UserCode.<RuntimeException>sneaky(new Exception("checked"));
        }
    },
    ERROR {
        @Override
        void happen(UserCode code) {
            throw new AssertionError("an error");
        }
    },
    OVERFLOW {
        @Override
        void happen(UserCode code) {
            recurse(1);
        }
    },
    MEMORY {
        @Override
        void happen(UserCode code) {
            throw new OutOfMemoryError("made up");
        }
    },
    WAITS {
        @Override
        void happen(UserCode code) {
            Tarry.sleep(Duration.ofNanos(1));
        }
    },
    YIELDS {
        @Override
        void happen(UserCode code) {
            Tarry.yieldNow();
        }
    },
    OPENS_A_SCOPE {
        @Override
        void happen(UserCode code) {
            Scope.run(scope -> scope.spawn(() -> {}));
        }
    },
    BLOCKS {
        @Override
        void happen(UserCode code) {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    },

    /** Calls what has called it, once more. */
    RE_ENTERS {
        @Override
        void happen(UserCode code) throws Exception {
            code.again();
        }
    },

    /** Cancels the task in which, or for which, it was called. */
    CANCELS_ITS_TASK {
        @Override
        void happen(UserCode code) {
            code.cancelTask();
        }
    },

    CANCELS_ITS_SCOPE {
        @Override
        void happen(UserCode code) {
            code.cancelScope();
        }
    },

    /** Closes what it was called for; where there is no such thing, nothing is tried. */
    CLOSES {
        @Override
        void happen(UserCode code) throws Exception {
            code.close();
        }
    },

    /** Returns null; only where it returns anything. */
    RETURNS_NULL {
        @Override
        void happen(UserCode code) {
            // See UserCode.or.
        }
    };

    abstract void happen(UserCode code) throws Exception;

    @SuppressWarnings("InfiniteRecursion") // that is the fault
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }
}
