/** What the modules of Tarry share, and nobody else: not exported, and no promise to users. */
@NullMarked
package dev.tarry.events.internal;

import org.jspecify.annotations.NullMarked;
