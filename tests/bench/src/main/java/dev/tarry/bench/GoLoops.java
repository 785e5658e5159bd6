package dev.tarry.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The loops of go/micro.go, compiled.
 *
 * @param command the program
 */
public record GoLoops(List<String> command) {

    /** Null if Go is not here, which {@code tools} then knows. */
    public static @org.jspecify.annotations.Nullable GoLoops compile(Tools tools)
            throws IOException, InterruptedException {
        return tools.compile("Go", "go/micro.go", List.of("go", "build"), List.of())
                .map(GoLoops::new)
                .orElse(null);
    }

    /** The two figures that a loop prints. */
    List<Double> measure(String loop, int events, Effort effort) throws IOException {
        return run(loop, events, effort.pick(500, 100, 10), effort.pick(1500, 300, 10));
    }

    /** The bytes of a goroutine that waits for a channel: its own, and those resident. */
    public List<Double> parked(int count) throws IOException {
        return run("parked", count, 0, 0);
    }

    private List<Double> run(String loop, int... numbers) throws IOException {
        List<String> all = new ArrayList<>(command);
        all.add(loop);
        for (int number : numbers) {
            all.add(String.valueOf(number));
        }
        Process process = new ProcessBuilder(all).redirectError(Redirect.INHERIT).start();
        byte[] out = process.getInputStream().readAllBytes();
        String line = new String(out, StandardCharsets.UTF_8).strip();
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("the loop in Go has failed: " + loop);
        }
        return Stream.of(line.split(" ")).map(Double::valueOf).toList();
    }
}
