package dev.tarry.consumers

import dev.tarry.runtime.Scope
import dev.tarry.runtime.Tarry
import java.time.Duration

fun <T> scope(body: (Scope) -> T): T = Scope.call<T, Exception> { body(it) }

fun <T> within(limit: Duration, body: (Scope) -> T): T = Scope.within<T, Exception>(limit) { body(it) }

fun <T> shield(body: (Scope) -> T): T = Scope.shield<T, Exception> { body(it) }

fun <T> atomically(section: () -> T): T = Tarry.atomically<T, Exception> { section() }
