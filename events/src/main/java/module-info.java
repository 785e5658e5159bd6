/** What can be waited for, and how the operating system tells. */
@SuppressWarnings("module") // those that it exports to are compiled later
module dev.tarry.events {
    requires transitive org.jspecify;
    requires com.google.common;
    requires org.jnrproject.ffi;
    requires org.jnrproject.posix;
    requires org.jnrproject.constants;
    requires org.objectweb.asm; // of jnr-ffi, which cannot say so: its module is automatic
    requires jdk.unsupported; // sun.misc.Signal

    exports dev.tarry.events;
    exports dev.tarry.events.internal to
            dev.tarry.scheduler,
            dev.tarry.runtime;

    // Unqualified: jnr-ffi generates the stubs in the unnamed module of another loader.
    opens dev.tarry.events.libc;
}
