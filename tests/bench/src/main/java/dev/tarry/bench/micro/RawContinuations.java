package dev.tarry.bench.micro;

import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

/** What virtual threads are made of, with no scheduler around it: the limit for any switch. */
final class RawContinuations {
    private RawContinuations() {}

    /** Two of them run in turn, until each has yielded so often. */
    static void takeTurns(int yields) {
        ContinuationScope scope = new ContinuationScope("benchmark");
        Runnable body =
                () -> {
                    for (int i = 0; i < yields; i++) {
                        Continuation.yield(scope);
                    }
                };
        Continuation one = new Continuation(scope, body);
        Continuation other = new Continuation(scope, body);
        while (!one.isDone()) {
            one.run();
            other.run();
        }
    }
}
