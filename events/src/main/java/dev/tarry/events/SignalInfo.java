package dev.tarry.events;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What signalfd tells about one signal.
 *
 * <pre>
 *   struct signalfd_siginfo {
 *       uint32_t ssi_signo;     //  0
 *       int32_t  ssi_errno;     //  4
 *       int32_t  ssi_code;      //  8
 *       uint32_t ssi_pid;       // 12
 *       uint32_t ssi_uid;       // 16
 *       int32_t  ssi_fd;        // 20
 *       uint32_t ssi_tid;       // 24
 *       uint32_t ssi_band;      // 28
 *       uint32_t ssi_overrun;   // 32
 *       uint32_t ssi_trapno;    // 36
 *       int32_t  ssi_status;    // 40
 *       int32_t  ssi_int;       // 44: the int of union sigval
 *       uint64_t ssi_ptr;       // 48: the pointer of union sigval
 *       ...                     // of signals that stand for faults and children
 *   };                          // 128 bytes
 * </pre>
 *
 * The kernel writes zeros where a signal has no such thing.
 *
 * @param code si_code: how it was sent
 * @param pid who sent it, as this process sees it; 0 for the kernel, or somebody whom it does not
 * @param uid the sender's real user
 * @param value what the sender gave along, if the code is one that has it
 */
record SignalInfo(int code, int pid, int uid, int value) {
    static final int SIZE = 128;

    private static final int SI_QUEUE = -1; // sigqueue(3)
    private static final int SI_TIMER = -2; // timer_create(2)
    private static final int SI_MESGQ = -3; // mq_notify(3)

    static SignalInfo at(ByteBuffer siginfos, int offset) {
        return new SignalInfo(
                siginfos.getInt(offset + 8),
                siginfos.getInt(offset + 12),
                siginfos.getInt(offset + 16),
                siginfos.getInt(offset + 44));
    }

    Optional<SignalDelivery.Sender> sender() {
        return pid == 0 ? Optional.empty() : Optional.of(new SignalDelivery.Sender(pid, uid));
    }

    OptionalInt sentValue() {
        return code == SI_QUEUE || code == SI_TIMER || code == SI_MESGQ
                ? OptionalInt.of(value)
                : OptionalInt.empty();
    }
}
