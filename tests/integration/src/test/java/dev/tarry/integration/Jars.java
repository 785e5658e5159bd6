package dev.tarry.integration;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** A class path of jars, as programs are installed: loading a class then opens no file. */
final class Jars {
    private Jars() {}

    /** {@code classPath} with a jar in {@code to} for each folder. */
    static String of(String classPath, Path to) throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            Path path = Path.of(entry);
            entries.add(Files.isDirectory(path) ? jar(path, to, entries.size()) : entry);
        }
        return String.join(File.pathSeparator, entries);
    }

    private static String jar(Path folder, Path to, int number) throws IOException {
        Path jar = to.resolve(number + ".jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar.toString();
    }
}
