package dev.tarry.events.libc;

import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * The functions of kqueue(2), which glibc has not: see {@link Kqueue} for where they come from. As
 * in {@link LibcFunctions}, direct buffers are passed by address.
 */
public interface KqueueFunctions {
    int kqueue();

    int kevent(
            int kq,
            @In @Nullable ByteBuffer changelist,
            int nchanges,
            @Out @Nullable ByteBuffer eventlist,
            int nevents,
            @In @Nullable ByteBuffer timeout);
}
