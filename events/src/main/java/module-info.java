/** What can be waited for, and how the operating system tells. */
module dev.tarry.events {
    requires transitive org.jspecify;
    requires transitive com.google.common; // ListenableFuture
    requires org.jnrproject.ffi;
    requires org.jnrproject.posix;
    requires org.jnrproject.constants;
    requires jdk.unsupported; // sun.misc.Signal

    exports dev.tarry.events;

    // Unqualified: jnr-ffi generates the stubs in the unnamed module of another loader.
    opens dev.tarry.events.libc;
}
