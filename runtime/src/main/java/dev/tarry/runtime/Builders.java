package dev.tarry.runtime;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Copies of process builders. */
final class Builders {
    private Builders() {}

    /**
     * The same child, said by a builder that nobody else has: starting one takes some time, in
     * which the caller's may be changed, or be used for another child.
     *
     * @throws IOException if the command contains a zero byte
     * @throws NullPointerException if an element of the command is null
     * @throws IndexOutOfBoundsException if the command is empty
     */
    static ProcessBuilder copyOf(ProcessBuilder builder) throws IOException {
        List<String> command = List.copyOf(builder.command());
        if (command.isEmpty()) {
            throw new IndexOutOfBoundsException("the command of the child is empty");
        }
        if (command.stream().anyMatch(part -> part.indexOf(0) >= 0)) {
            throw new IOException("invalid null character in command");
        }
        ProcessBuilder copy =
                new ProcessBuilder(command)
                        .directory(builder.directory())
                        .redirectInput(builder.redirectInput())
                        .redirectOutput(builder.redirectOutput())
                        .redirectError(builder.redirectError())
                        .redirectErrorStream(builder.redirectErrorStream());
        copyEnvironment(builder.environment(), copy.environment());
        return copy;
    }

    // A variable that the JVM was started with keeps its bytes, which may be no text at all, as
    // long as nobody puts it there again.
    private static void copyEnvironment(Map<String, String> from, Map<String, String> to) {
        to.keySet().retainAll(from.keySet());
        from.forEach(
                (name, value) -> {
                    if (!value.equals(to.get(name))) {
                        to.put(name, value);
                    }
                });
    }
}
