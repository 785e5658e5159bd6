package dev.tarry.testkit;

import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.stream.LongStream;

/** Numbers of all orders of magnitude, each as likely as the others. */
final class Moments {
    private Moments() {}

    /** From 1 to {@code most}. */
    static long draw(Random random, int most) {
        return (long) Math.pow(most, random.nextDouble());
    }

    /** Several, in order. */
    static PrimitiveIterator.OfLong of(Random random, int count, int most) {
        return LongStream.generate(() -> draw(random, most)).limit(count).sorted().iterator();
    }
}
