package dev.tarry.testkit;

import java.util.Random;

/**
 * What is drawn with a seed. Seeds are small numbers in a row, which the generators of the JDK take
 * as they are: the first draws of {@code new Random(1)}, {@code new Random(2)} and the next
 * thousand are nearly the same number, and a thousand seeds then try one thing. So a seed is mixed
 * before a generator gets it, here and nowhere else, together with what the draws are for: users of
 * one seed must not see the same numbers either.
 */
final class Seeds {
    private Seeds() {}

    /** A generator for one purpose, whose draws have nothing to do with those of the others. */
    static Random random(long seed, String purpose) {
        return new Random(mix(mix(0, seed), purpose.hashCode())); // which is specified
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood), chained. */
    static long mix(long hash, long value) {
        long z = hash + value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
