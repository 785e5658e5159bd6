package dev.tarry.bench.micro;

import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlin.coroutines.jvm.internal.ContinuationImpl;

import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.channels.BufferOverflow;
import kotlinx.coroutines.channels.Channel;
import kotlinx.coroutines.channels.ChannelKt;

/**
 * A coroutine that repeats one suspending call: the class that the Kotlin compiler makes of a loop
 * in a suspend function, written by hand so that no Kotlin compiler is needed.
 */
final class KotlinLoop extends ContinuationImpl {
    private static final Object SUSPENDED = IntrinsicsKt.getCOROUTINE_SUSPENDED();

    /** The suspending call. */
    interface Step {
        Object run(int i, Continuation<Object> continuation);
    }

    private final int steps;
    private final Step step;
    private int next;

    private KotlinLoop(Continuation<Object> completion, int steps, Step step) {
        super(completion);
        this.steps = steps;
        this.step = step;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // SUSPENDED is a marker
    protected Object invokeSuspend(Object result) {
        ResultKt.throwOnFailure(result);
        while (next < steps) {
            Object answer = step.run(next++, this);
            if (answer == SUSPENDED) {
                return SUSPENDED;
            }
        }
        return Unit.INSTANCE;
    }

    /**
     * Runs two of them beside each other in {@code runBlocking}, that is, on the calling thread.
     */
    @SuppressWarnings("unchecked") // the compiler of Kotlin does not look, either
    static void both(int steps, Step one, Step other) throws InterruptedException {
        Object unused =
                BuildersKt.runBlocking(
                        EmptyCoroutineContext.INSTANCE,
                        (scope, end) -> {
                            BuildersKt.launch(
                                    scope,
                                    EmptyCoroutineContext.INSTANCE,
                                    CoroutineStart.DEFAULT,
                                    (s, itsEnd) ->
                                            new KotlinLoop(
                                                            (Continuation<Object>)
                                                                    (Continuation<?>) itsEnd,
                                                            steps,
                                                            other)
                                                    .invokeSuspend(Unit.INSTANCE));
                            return new KotlinLoop(end, steps, one).invokeSuspend(Unit.INSTANCE);
                        });
    }

    /** The same continuation, for a call that returns nothing. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static Continuation<Unit> unit(Continuation<Object> continuation) {
        return (Continuation) continuation;
    }

    /** A channel with room for so many messages; none is a rendezvous. */
    static Channel<Object> channel(int room) {
        return ChannelKt.Channel(room, BufferOverflow.SUSPEND, null);
    }
}
