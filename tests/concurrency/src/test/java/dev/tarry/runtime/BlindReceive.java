package dev.tarry.runtime;

import dev.tarry.events.Outcome;
import dev.tarry.events.Waiter;

import org.jspecify.annotations.Nullable;

/** The receive of the library with a mistake: it queues up, whatever has come since its poll. */
final class BlindReceive {
    private BlindReceive() {}

    static Channel<Integer>.ChannelEvent<Integer> from(Channel<Integer> channel) {
        return channel.new ChannelEvent<Integer>(channel.receivers) {
            @Override
            @Nullable Outcome<Integer> look() {
                Integer message = channel.take();
                return message == null ? null : new Outcome.Value<>(message);
            }

            @Override
            boolean isReadyFor(Waiter waiter) {
                return false;
            }
        };
    }
}
