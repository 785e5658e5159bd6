/**
 * The binding of libc: what is called, with which structs and constants. Nothing else imports
 * jnr-ffi. Internal: not for users of the library.
 */
@NullMarked
package dev.tarry.events.libc;

import org.jspecify.annotations.NullMarked;
