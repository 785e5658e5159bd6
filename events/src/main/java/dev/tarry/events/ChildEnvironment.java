package dev.tarry.events;

import dev.tarry.events.libc.Libc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The environment of a child, as bytes. A variable that this JVM was started with may be no text in
 * the encoding of names (which is ASCII where no locale is set); it is passed on as it came.
 */
final class ChildEnvironment {
    private static final char REPLACEMENT = '\uFFFD';

    private ChildEnvironment() {}

    /** Each as {@code NAME=value}. */
    static List<byte[]> of(Map<String, String> variables) {
        List<byte[]> all = new ArrayList<>(variables.size());
        Map<String, byte[]> inherited = Map.of();
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            String text = variable.getKey() + "=" + variable.getValue();
            byte[] bytes = Libc.bytes(text);
            if (text.indexOf(REPLACEMENT) >= 0) {
                inherited = inherited.isEmpty() ? inherited() : inherited;
                bytes = inherited.getOrDefault(text, bytes);
            }
            all.add(bytes);
        }
        return all;
    }

    /** What this JVM was started with, by what Java makes of it. */
    private static Map<String, byte[]> inherited() {
        Map<String, byte[]> all = new HashMap<>();
        ByteArrayOutputStream one = new ByteArrayOutputStream();
        for (byte b : environ()) {
            if (b != 0) {
                one.write(b);
            } else {
                all.put(Libc.name(one.toByteArray()), one.toByteArray());
                one.reset();
            }
        }
        return all;
    }

    private static byte[] environ() {
        try {
            return Files.readAllBytes(Path.of("/proc/self/environ"));
        } catch (IOException e) {
            return new byte[0]; // then as text
        }
    }
}
