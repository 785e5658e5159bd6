package dev.tarry.demos;

import dev.tarry.demos.chat.Chat;
import dev.tarry.events.EventFailedException;
import dev.tarry.events.SettingException;
import dev.tarry.scheduler.TaskFailedException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.net.UnknownHostException;
import java.util.List;

/** What {@code ./tarry} starts. */
@Command(
        name = "tarry",
        description = "Programs that show what Tarry can do.",
        mixinStandardHelpOptions = true,
        subcommands = {Chat.class, Main.Demo.class, Main.Demos.class})
public final class Main {
    private Main() {}

    /** The demos. */
    @Command(
            name = "demo",
            description = "Run one of the demos.",
            mixinStandardHelpOptions = true,
            subcommands = {Everything.class, Echo.class})
    static final class Demo {}

    /** The list of them. */
    @Command(name = "demos", description = "List the demos.", mixinStandardHelpOptions = true)
    static final class Demos implements Runnable {
        @Override
        public void run() {
            for (CommandLine demo :
                    List.copyOf(new CommandLine(new Demo()).getSubcommands().values())) {
                var spec = demo.getCommandSpec();
                System.out.printf("%-12s %s%n", spec.name(), spec.usageMessage().description()[0]);
            }
        }
    }

    /** Exits with 0, with 1 if something failed, with 2 if it was not asked properly. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new Main())
                .setParameterExceptionHandler((wrong, all) -> fail(2, usage(wrong)))
                .setExecutionExceptionHandler((e, line, parsed) -> fail(1, reason(e)))
                .execute(args);
    }

    private static int fail(int code, String message) {
        System.err.println("tarry: " + message);
        return code;
    }

    private static String usage(ParameterException wrong) {
        String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
        if (command.equals("tarry demo") && wrong instanceof UnmatchedArgumentException unknown) {
            return "no demo is called '"
                    + unknown.getUnmatched().getFirst()
                    + "' (see: tarry demos)";
        }
        return wrong.getMessage() + " (see: " + command + " --help)";
    }

    /** What the system refused, in one line; anything else is a bug, and shows where it is. */
    private static String reason(Exception failure) throws Exception {
        return switch (failure) {
            case TaskFailedException e when e.getCause() instanceof Exception cause ->
                    reason(cause);
            case EventFailedException e when e.getCause() instanceof IOException cause ->
                    reason(cause);
            case UnknownHostException e -> "no host is called " + e.getMessage();
            case SettingException e -> String.valueOf(e.getMessage());
            case IOException e -> String.valueOf(e.getMessage());
            default -> throw failure;
        };
    }
}
