package dev.tarry.bench.micro;

import kotlin.ResultKt;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlin.coroutines.jvm.internal.ContinuationImpl;

import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.YieldKt;
import kotlinx.coroutines.channels.BufferOverflow;
import kotlinx.coroutines.channels.Channel;
import kotlinx.coroutines.channels.ChannelKt;
import kotlinx.coroutines.selects.SelectImplementation;

import java.util.List;
import java.util.function.Consumer;

/**
 * A coroutine that repeats one suspending call: the class that the Kotlin compiler makes of a loop
 * in a suspend function, written by hand so that no Kotlin compiler is needed.
 */
public final class KotlinLoop extends ContinuationImpl {
    private static final Object SUSPENDED = IntrinsicsKt.getCOROUTINE_SUSPENDED();

    /** The suspending call. */
    public interface Step {
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

    /** Starts a coroutine with such a loop in it. */
    public static void launch(CoroutineScope scope, int steps, Step step) {
        BuildersKt.launch(
                scope,
                EmptyCoroutineContext.INSTANCE,
                CoroutineStart.DEFAULT,
                (s, end) -> new KotlinLoop(any(end), steps, step).invokeSuspend(Unit.INSTANCE));
    }

    /** Runs a coroutine with such a loop in it on the calling thread, and those that it starts. */
    public static void run(int steps, Consumer<CoroutineScope> first, Step step)
            throws InterruptedException {
        Object unused =
                BuildersKt.runBlocking(
                        EmptyCoroutineContext.INSTANCE,
                        (scope, end) -> {
                            first.accept(scope);
                            return new KotlinLoop(end, steps, step).invokeSuspend(Unit.INSTANCE);
                        });
    }

    /**
     * Runs two of them beside each other in {@code runBlocking}, that is, on the calling thread.
     */
    static void both(int steps, Step one, Step other) throws InterruptedException {
        run(steps, scope -> launch(scope, steps, other), one);
    }

    /** Lets the others run. */
    public static Object yield(Continuation<Object> continuation) {
        return YieldKt.yield(unit(continuation));
    }

    /** Waits for a message in any of the channels. */
    static Object select(List<Channel<Object>> channels, Continuation<Object> continuation) {
        var select = new SelectImplementation<Object>(continuation.getContext());
        for (Channel<Object> channel : channels) {
            select.invoke(channel.getOnReceive(), (message, c) -> message);
        }
        return select.doSelect(continuation);
    }

    @SuppressWarnings("unchecked") // the compiler of Kotlin does not look, either
    private static Continuation<Object> any(Continuation<? super Unit> continuation) {
        return (Continuation<Object>) (Continuation<?>) continuation;
    }

    /** The same continuation, for a call that returns nothing. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public static Continuation<Unit> unit(Continuation<Object> continuation) {
        return (Continuation) continuation;
    }

    /** A channel with room for so many messages; none is a rendezvous. */
    public static Channel<Object> channel(int room) {
        return ChannelKt.Channel(room, BufferOverflow.SUSPEND, null);
    }
}
