package dev.tarry.demos;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where a server listens. */
public final class ListenOptions {
    @Option(
            names = "--port",
            paramLabel = "N",
            converter = Port.class,
            description = "The port to listen on; 0 lets the system choose one.")
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address to listen on; by default for this machine only.")
    private String address = "";

    /**
     * @param port unless another one is given
     */
    public ListenOptions(int port) {
        this.port = port;
    }

    /** The address. */
    public String address() {
        return address;
    }

    /** The port. */
    public int port() {
        return port;
    }

    /** Understands a port. */
    static final class Port implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65535) {
                return Integer.valueOf(text);
            }
            throw new TypeConversionException("'" + text + "' is not a number from 0 to 65535");
        }
    }
}
