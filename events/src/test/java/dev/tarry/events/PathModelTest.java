package dev.tarry.events;

import static dev.tarry.events.PathChange.Kind.CREATED;
import static dev.tarry.events.PathChange.Kind.DELETED;
import static dev.tarry.events.PathChange.Kind.OVERFLOW;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Random programs of files, directories and links, against a reader who knows only what he is told:
 * he reads what a change names, and nothing else. When all is told he must know all.
 */
@Timeout(300)
class PathModelTest {
    private static final long FIRST_SEED = Long.getLong("tarry.pathSeed", 1);
    private static final int SEEDS = Integer.getInteger("tarry.pathSeeds", 60);
    private static final int SCAN_SEEDS = Integer.getInteger("tarry.pathScanSeeds", 4);
    private static final int STEPS = 120;

    @TempDir private Path temporary;

    @BeforeEach
    void scanOften() {
        System.setProperty("tarry.pathScanMillis", "1");
    }

    @AfterEach
    void asBefore() {
        System.clearProperty("tarry.inotify");
        System.clearProperty("tarry.pathScanMillis");
    }

    @Test
    void byInotify_allIsToldAtOnce() throws Exception {
        System.setProperty("tarry.inotify", "true");
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            new Program(seed, true).run();
        }
    }

    @Test
    void byComparison_allIsToldInTheEnd() throws Exception {
        System.setProperty("tarry.inotify", "false");
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCAN_SEEDS; seed++) {
            new Program(seed, false).run();
        }
    }

    /** What somebody knows of a path: contents by name, and null for a directory. */
    private static final class Knowledge {
        boolean exists;
        final Map<String, String> contents = new TreeMap<>();

        @Override
        public String toString() {
            return exists ? contents.toString() : "nothing";
        }
    }

    /** Learns by changes only. */
    private static final class Reader {
        final PathWatch watch;
        Knowledge known;
        final List<PathChange> told = new ArrayList<>();

        Reader(PathWatch watch) {
            this.watch = watch;
            known = look(watch.path());
        }

        void hear(PathChange change) {
            told.add(change);
            Path watched = watch.path();
            if (change.kind() == OVERFLOW) {
                known = look(watched);
            } else if (change.path().equals(watched)) {
                hearOfItself(change.kind());
            } else {
                assertThat(change.path().getParent()).isEqualTo(watched);
                hearOfEntry(change);
            }
        }

        private void hearOfItself(PathChange.Kind kind) {
            if (kind == CREATED || kind == DELETED) {
                known = new Knowledge();
                known.exists = kind == CREATED;
            }
            if (kind != DELETED && !Files.isDirectory(watch.path())) {
                read(known, "", watch.path());
            }
        }

        private void hearOfEntry(PathChange change) {
            String name = change.path().getFileName().toString();
            if (change.kind() == DELETED) {
                known.contents.remove(name);
            } else {
                read(known, name, change.path());
            }
        }
    }

    static Knowledge look(Path path) {
        Knowledge all = new Knowledge();
        all.exists = Files.exists(path);
        if (!Files.isDirectory(path)) {
            read(all, "", path);
            return all;
        }
        try (Stream<Path> entries = Files.list(path)) {
            entries.forEach(entry -> read(all, entry.getFileName().toString(), entry));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return all;
    }

    private static void read(Knowledge to, String name, Path file) {
        try {
            to.contents.put(name, Files.isDirectory(file) ? "(directory)" : Files.readString(file));
        } catch (NoSuchFileException e) {
            to.contents.remove(name);
        } catch (FileSystemException e) {
            to.contents.remove(name); // a name on the way is no directory
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private final class Program {
        final long seed;
        final boolean atOnce;
        final Random random;
        final Path top;
        final Path a;
        final Path b;
        final Path link;
        final Path file;
        final List<Path> away = new ArrayList<>();
        final List<String> done = new ArrayList<>();
        @Nullable FileChannel writer;
        int number;

        Program(long seed, boolean atOnce) throws IOException {
            this.seed = seed;
            this.atOnce = atOnce;
            random = new Random(seed * 0x9E3779B97F4A7C15L);
            top = Files.createDirectory(temporary.toRealPath().resolve("seed" + seed + atOnce));
            a = top.resolve("a");
            b = a.resolve("b");
            link = top.resolve("link");
            file = b.resolve("f");
        }

        void run() throws Exception {
            Files.createDirectories(b);
            Files.writeString(file, "0");
            Files.createSymbolicLink(link, Path.of("a/b"));
            try (TestLoop loop = new TestLoop(Backend.choose().open())) {
                List<Reader> readers = new ArrayList<>();
                for (Path path :
                        List.of(file, b, a, link, link.resolve("f"), b.resolve("../b/f"))) {
                    readers.add(new Reader(PathWatch.open(loop.reactor, path)));
                }
                for (int i = 0; i < STEPS; i++) {
                    step();
                    if (random.nextInt(4) == 0) {
                        settle(loop, readers);
                    }
                }
                settle(loop, readers);
                readers.forEach(reader -> reader.watch.close());
                assertThat(loop.reactor.registrations()).as("seed " + seed).isZero();
            } finally {
                closeWriter();
                remove(top);
            }
        }

        private void settle(TestLoop loop, List<Reader> readers) {
            if (atOnce) {
                loop.turn(false);
                loop.turn(false); // who had too little room goes on
            }
            for (Reader reader : readers) {
                drain(loop, reader);
                while (!atOnce && !knowsAll(reader)) {
                    reader.hear(loop.await(reader.watch.changed()).get());
                }
                assertThat(reader.known.toString())
                        .as(
                                () ->
                                        "seed "
                                                + seed
                                                + ", "
                                                + reader.watch
                                                + " after "
                                                + done
                                                + ", told "
                                                + reader.told)
                        .isEqualTo(look(reader.watch.path()).toString());
                reader.told.clear();
            }
            done.clear();
        }

        private boolean knowsAll(Reader reader) {
            return reader.known.toString().equals(look(reader.watch.path()).toString());
        }

        private void drain(TestLoop loop, Reader reader) {
            Outcome<PathChange> next;
            while ((next = loop.poll(reader.watch.changed())) != null) {
                reader.hear(next.get());
            }
        }

        private void step() throws IOException {
            int what = random.nextInt(13);
            done.add(Integer.toString(what));
            try {
                act(what);
            } catch (FileSystemException e) {
                done.add("not possible"); // no file there to rename, and the like
            }
        }

        private void act(int what) throws IOException {
            String text = "+".repeat(++number); // longer than all before: another size
            Path name = random.nextInt(3) == 0 ? b.resolve("g") : file;
            switch (what) {
                case 0, 1 -> Files.writeString(name, text);
                case 2 -> {
                    Path fresh = Files.writeString(b.resolve("." + number), text);
                    Files.move(fresh, name, ATOMIC_MOVE);
                }
                case 3 -> {
                    Path fresh = Files.writeString(top.resolve("fresh" + number), text);
                    Files.move(fresh, name, ATOMIC_MOVE);
                }
                case 4 -> Files.delete(name);
                case 5 -> away.add(Files.move(name, top.resolve("away" + number)));
                case 6 -> writeOn(name, text);
                case 7 -> {
                    Files.createDirectories(b);
                    Files.writeString(name, text);
                }
                case 8 -> remove(random.nextBoolean() ? b : a);
                case 9 -> Files.move(b, top.resolve("oldb" + number));
                case 10 -> Files.move(a, top.resolve("olda" + number));
                case 11 -> bringBack();
                default -> swapLink();
            }
        }

        /** A writer that has the file open, whatever its name is by now. */
        private void writeOn(Path name, String text) throws IOException {
            if (writer == null || random.nextInt(3) == 0) {
                closeWriter();
                writer = FileChannel.open(name, StandardOpenOption.WRITE);
            }
            writer.write(ByteBuffer.wrap(text.getBytes()), 0);
        }

        private void closeWriter() throws IOException {
            if (writer != null) {
                writer.close();
                writer = null;
            }
        }

        private void bringBack() throws IOException {
            try (Stream<Path> all = Files.list(top)) {
                List<Path> old =
                        all.filter(p -> p.getFileName().toString().startsWith("old")).toList();
                if (!old.isEmpty()) {
                    Path one = old.get(random.nextInt(old.size()));
                    Files.move(one, one.getFileName().toString().startsWith("olda") ? a : b);
                }
            }
        }

        private void swapLink() throws IOException {
            Path next = top.resolve("link" + number);
            String[] targets = {"a/b", "a", "missing", "a/../a/b"};
            Files.createSymbolicLink(next, Path.of(targets[random.nextInt(targets.length)]));
            Files.move(next, link, ATOMIC_MOVE);
        }

        private void remove(Path path) throws IOException {
            if (!Files.exists(path)) {
                return;
            }
            try (Stream<Path> all = Files.walk(path)) {
                for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(one);
                }
            }
        }
    }
}
