package dev.tarry.integration;

import dev.tarry.events.libc.Libc;

import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Forbids system calls to this process, as the filter of a container does: a program of seccomp(2)
 * for all its threads, and for those and the children to come. It cannot be taken back.
 */
final class Seccomp {
    /** The part of libc that installs it. */
    public interface Functions {
        int prctl(int option, long a, long b, long c, long d);

        // Seven, though three are used: jnr-ffi passes exactly six wrongly.
        long syscall(long number, long op, long flags, @In ByteBuffer args, long d, long e, long f);
    }

    static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final long SYS_SECCOMP = ARM ? 277 : 317;
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_TSYNC = 1;
    private static final int SECCOMP_RET_ALLOW = 0x7fff0000;
    private static final int SECCOMP_RET_ERRNO = 0x00050000;
    private static final int AUDIT_ARCH = ARM ? 0xC00000B7 : 0xC000003E;

    // struct seccomp_data { int nr; __u32 arch; ... };
    private static final int NR = 0;
    private static final int ARCH = 4;

    private static final int BPF_LD_W_ABS = 0x20;
    private static final int BPF_JEQ_K = 0x15;
    private static final int BPF_RET_K = 0x06;

    private Seccomp() {}

    /** From now on these system calls fail with {@code errno}, in all threads. */
    static void deny(List<Integer> systemCalls, int errno) {
        ByteBuffer filter = Libc.struct(8 * (4 + 2 * systemCalls.size()));
        instruction(filter, BPF_LD_W_ABS, 0, ARCH);
        instruction(filter, BPF_JEQ_K, 2 * systemCalls.size() + 1, AUDIT_ARCH);
        instruction(filter, BPF_LD_W_ABS, 0, NR);
        for (int number : systemCalls) {
            instruction(filter, BPF_JEQ_K, 1, number);
            instruction(filter, BPF_RET_K, 0, SECCOMP_RET_ERRNO | errno);
        }
        instruction(filter, BPF_RET_K, 0, SECCOMP_RET_ALLOW);

        // struct sock_fprog { unsigned short len; struct sock_filter *filter; };
        ByteBuffer program = Libc.struct(16);
        program.putShort(0, (short) (filter.capacity() / 8));
        program.putLong(8, Libc.address(filter.flip()));

        Functions c = LibraryLoader.create(Functions.class).load("c");
        check("prctl", c.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        long flags = SECCOMP_FILTER_FLAG_TSYNC;
        check("seccomp", c.syscall(SYS_SECCOMP, SECCOMP_SET_MODE_FILTER, flags, program, 0, 0, 0));
    }

    // struct sock_filter { __u16 code; __u8 jt; __u8 jf; __u32 k; }; jumps over so many if not
    // equal
    private static void instruction(ByteBuffer to, int code, int jf, int k) {
        to.putShort((short) code).put((byte) 0).put((byte) jf).putInt(k);
    }

    private static void check(String call, long result) {
        if (result != 0) {
            int errno = LastError.getLastError(Runtime.getSystemRuntime());
            throw new IllegalStateException(call + ": " + result + ", " + Libc.errorText(errno));
        }
    }
}
