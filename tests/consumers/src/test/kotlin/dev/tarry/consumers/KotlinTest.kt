package dev.tarry.consumers

import dev.tarry.events.Event
import dev.tarry.events.Outcome
import dev.tarry.runtime.Channel
import dev.tarry.runtime.Events
import dev.tarry.runtime.Guest
import dev.tarry.runtime.Scope
import dev.tarry.runtime.ScopeTimeoutException
import dev.tarry.runtime.Tarry
import dev.tarry.runtime.TcpListener
import dev.tarry.runtime.TcpStream
import dev.tarry.scheduler.Scheduler
import dev.tarry.scheduler.Task
import java.time.Duration
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatThrownBy
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

/** The library as somebody writes against it in Kotlin: each overload that takes code, by lambda. */
@Timeout(60)
class KotlinTest {
    private val log = mutableListOf<Any>()

    private fun note(what: Any) {
        log.add(what)
    }

    private fun answer() = 42

    @Test
    fun spawn_keepsTheValue() {
        Tarry.run {
            val literal = Tarry.spawn { 42 }
            val named = Tarry.spawn("named") { answer() }
            val reference: Task<Int> = Tarry.spawn(::answer)
            val inScope = Scope.current().spawn { answer() }
            val inScopeNamed = Scope.current().spawn("named") { 42 }
            val all: List<Int> = listOf(literal, named, reference, inScope, inScopeNamed).map { it.join() }
            assertThat(all).containsOnly(42)
            Tarry.spawn { note("a") }.join()
            Tarry.spawn("named") { note("b") }.join()
            Tarry.spawn(this::noteC).join()
        }
        assertThat(log).containsExactly("a", "b", "c")
    }

    private fun noteC() = note("c")

    @Test
    fun blockingAndCall_keepTheValue() {
        val answer: Int = Tarry.call {
            Tarry.blocking { note("a") }
            Tarry.blockingAbandonable({ 1 }) { late -> note(late) } + Tarry.blocking { answer() - 1 }
        }
        assertThat(answer).isEqualTo(42)
        Tarry.run(Scheduler.builder().name("mine")) { note("b") }
        assertThat(log).containsExactly("a", "b")
    }

    @Test
    fun scopes_withTheLinesOfAddingMd_needNoTypeArguments() {
        Tarry.run {
            scope { s -> s.spawn { note("a") } }
            val all = listOf(
                scope { s -> s.spawn { 42 }.join() },
                within(Duration.ofSeconds(60)) { answer() },
                shield { answer() },
                atomically { answer() })
            assertThat(all).containsOnly(42)
            assertThatThrownBy { within(Duration.ofNanos(1)) { Tarry.await(Events.after(HOUR)) } }
                .isInstanceOf(ScopeTimeoutException::class.java)
            try {
                scope { throw java.io.IOException("b") }
            } catch (e: java.io.IOException) {
                note("b")
            }
        }
        assertThat(log).containsExactly("a", "b")
    }

    @Test
    fun services_keepTheValue() {
        Tarry.start().use { service ->
            val answer: Int = service.submit { 42 }.get(30, TimeUnit.SECONDS)
            assertThat(answer).isEqualTo(42)
            service.submit { note("a") }.get(30, TimeUnit.SECONDS)
        }
        assertThat(log).containsExactly("a")
    }

    @Test
    fun guests_keepTheValue() {
        val turns = LinkedBlockingQueue<Runnable>()
        Guest.on { turns.add(it) }.use { guest ->
            val answer = guest.submit {
                guest.host { note("a") }
                guest.host { answer() }
            }
            while (!answer.isDone) {
                turns.take().run()
            }
            assertThat(answer.get()).isEqualTo(42)
        }
        assertThat(log).containsExactly("a")
    }

    private sealed interface News {
        data class Said(val line: String) : News
        data class Told(val number: Int) : News
        data object Silence : News
    }

    private fun heard(news: News): String =
        when (news) {
            is News.Said -> news.line
            is News.Told -> "told ${news.number}"
            News.Silence -> "silence"
        }

    @Test
    fun typedChoice_needsNeitherCastsNorTypeArguments() {
        Tarry.run {
            val lines = Channel.buffered<String>(1)
            val numbers = Channel.buffered<Int>(1)
            val news: Event<News> =
                Events.anyOf(
                    lines.receiving().map { News.Said(it) },
                    numbers.receiving().map { News.Told(it) },
                    Events.after(HOUR).map { News.Silence })
            lines.send("hello")
            note(heard(Tarry.await(news)))
            numbers.send(7)
            note(heard(Tarry.await(Events.anyOf(numbers.receiving().map { News.Told(it) }))))
            val soon = Events.after(Duration.ofMillis(1))
            note(heard(Tarry.await(Events.anyOf(news, soon.map { News.Silence }))))

            val same = listOf(lines.receiving(), Events.always("ready"))
            val first: String = Tarry.await(Events.anyOf(same))
            note(first)
            lines.close()
            val end = Tarry.await(Events.guard { lines.receiving() }.outcome())
            note(end is Outcome.Closed)
        }
        assertThat(log).containsExactly("hello", "told 7", "silence", "ready", true)
    }

    /** The first program of README, with a client. */
    @Test
    fun server_echoes() {
        Tarry.run {
            TcpListener.bind("127.0.0.1", 0).use { server ->
                val connection = server.accepting()
                val stop = Channel.rendezvous<String>()
                val stopping = stop.receiving()
                Tarry.spawn {
                    TcpStream.connect("127.0.0.1", server.localAddress().port).use { client ->
                        client.writeLine("hello")
                        client.readLine()?.let { stop.send(it) }
                    }
                }
                while (log.isEmpty()) {
                    val fired = Tarry.wait(listOf(connection, stopping), HOUR)
                    fired.get(stopping).ifPresent { note(it) }
                    fired.get(connection).ifPresent { stream -> Tarry.spawn { echo(stream) } }
                }
            }
        }
        assertThat(log).containsExactly("hello")
    }

    private fun echo(stream: TcpStream) =
        stream.use {
            while (true) stream.writeLine(stream.readLine() ?: break)
        }

    private companion object {
        val HOUR: Duration = Duration.ofHours(1)
    }
}
