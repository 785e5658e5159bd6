package dev.tarry.bench.servers;

import static dev.tarry.bench.report.Contestants.HANDOFF;
import static dev.tarry.bench.report.Contestants.LOOP;

import dev.tarry.bench.Bench;
import dev.tarry.bench.Effort;
import dev.tarry.bench.Tools;
import dev.tarry.bench.report.Medians;
import dev.tarry.bench.report.Table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The chat server among the demos beside ngIRCd: what it costs to bring a line to everybody in a
 * channel. The server is on core 0, the clients are one process on core 1.
 */
public final class ChatBench implements Bench {
    private static final String NGIRCD = "ngIRCd";

    /** How many are in the channel, and how many of them talk. */
    private record Room(int clients, int talkers) {
        String description() {
            return String.format("%,d clients, %d talk", clients, talkers);
        }
    }

    private static final List<Room> ROOMS =
            List.of(new Room(10, 1), new Room(100, 1), new Room(100, 10), new Room(1000, 1));

    @Override
    public String name() {
        return "chat";
    }

    @Override
    public String what() {
        return "A chat server brings each line to everybody in a channel.";
    }

    @Override
    public Duration time(Effort effort) {
        return Duration.ofSeconds((long) effort.rounds() * 3 * effort.pick(36, 11, 1));
    }

    @Override
    public Table run(Effort effort) throws Exception {
        Medians medians = new Medians();
        List<String> notes = new ArrayList<>();
        notes.add("Who talks says the next line when all others have the one before.");
        Tools tools = new Tools();
        for (int round = 1; round <= effort.rounds(); round++) {
            int port = Server.freePort();
            for (var server : servers(port, effort, tools).entrySet()) {
                String who = server.getKey();
                effort.progress("round %d of %d: %s", round, effort.rounds(), who);
                try {
                    measure(who, Tools.pinned(0, server.getValue()), port, effort, medians);
                } catch (IOException e) {
                    notes.add("Failed: " + who + ", round " + round + ": " + e.getMessage() + ".");
                }
            }
        }
        tools.missing().stream().distinct().forEach(one -> notes.add("Not measured: " + one));
        List<String> columns = new ArrayList<>(List.of("µs CPU per delivered line"));
        columns.addAll(Measurement.COLUMNS);
        return new Table(name(), what(), columns, LOOP, medians.rows(), notes);
    }

    private static void measure(
            String who, List<String> command, int port, Effort effort, Medians medians)
            throws IOException {
        try (Server server = Server.start(command, port)) {
            int seconds = effort.pick(8, 1, 0);
            for (int i = 0; i < 20 && server.cpu().total() < seconds; i++) {
                talk(server, new Room(100, 5), 100, 500);
            }
            for (Room room : effort.isSmoke() ? ROOMS.subList(0, 1) : ROOMS) {
                double[] figures =
                        talk(server, room, effort.pick(3000, 300, 1), effort.pick(2000, 300, 1));
                medians.add(room.description(), who, figures);
            }
        }
    }

    private static double[] talk(Server server, Room room, int warmup, int millis)
            throws IOException {
        List<String> client =
                Tools.java(
                        ChatClient.class,
                        List.of("-Xmx512m"),
                        String.valueOf(server.port()),
                        String.valueOf(room.clients),
                        String.valueOf(room.talkers),
                        String.valueOf(warmup),
                        String.valueOf(millis));
        return Measurement.of(server, client);
    }

    private static Map<String, List<String>> servers(int port, Effort effort, Tools tools)
            throws IOException {
        Map<String, List<String>> all = new LinkedHashMap<>();
        all.put(LOOP, tarry("loop", port));
        if (effort.isSmoke()) {
            return all;
        }
        all.put(HANDOFF, tarry("handoff", port));
        if (Tools.has(NGIRCD.toLowerCase(java.util.Locale.ROOT))) {
            all.put(NGIRCD, ngircd(port));
        } else {
            tools.leaveOut(NGIRCD, "ngircd");
        }
        return all;
    }

    private static List<String> tarry(String carrier, int port) {
        return Tools.java(
                dev.tarry.demos.Main.class,
                Tools.tarry(carrier, List.of("-Xmx1g")),
                "chat",
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--max-clients",
                "2000");
    }

    /** Without what we do not do either: asking who somebody is, and slowing talkers down. */
    private static List<String> ngircd(int port) throws IOException {
        Path file = Files.createTempFile("tarry-bench-ngircd", ".conf");
        file.toFile().deleteOnExit();
        Files.writeString(
                file,
                """
                [Global]
                Name = irc.example.net
                Info = Benchmark
                AdminInfo1 = none
                AdminInfo2 = none
                AdminEMail = none@example.net
                MotdPhrase = none
                Listen = 127.0.0.1
                Ports = %d
                [Limits]
                MaxConnections = 0
                MaxConnectionsIP = 0
                MaxJoins = 0
                MaxPenaltyTime = 0
                [Options]
                DNS = no
                Ident = no
                PAM = no
                """
                        .formatted(port));
        return List.of("ngircd", "-n", "-f", file.toString());
    }
}
