package dev.tarry.bench.micro;

import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import java.util.concurrent.TimeUnit;

/**
 * How all of them are run. Each invocation starts a scheduler and does many operations in it. The
 * collector is named, since a JVM with one processor would choose another one than a JVM with two,
 * and the contestants could not be compared.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
        value = 1,
        jvmArgsPrepend = {"-XX:+UseSerialGC", "-Xms1g", "-Xmx1g"})
public abstract class MicroBenchmark {}
