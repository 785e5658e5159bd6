package dev.tarry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tarry.events.Outcome;
import dev.tarry.events.QueuedEvent;
import dev.tarry.events.Reactor;
import dev.tarry.events.WaitQueue;
import dev.tarry.runtime.Body;
import dev.tarry.runtime.Channel;
import dev.tarry.runtime.Scope;
import dev.tarry.runtime.Tarry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The bugs of the textbooks, each as small as it gets, and each with its cure. Whoever goes through
 * all orders must find the bug, and must find nothing in the cure.
 */
enum ClassicBug {
    /** Reads, waits, writes. */
    LOST_UPDATE {
        @Override
        Body program(boolean broken) {
            return () -> {
                int[] count = {0};
                Mutex mutex = new Mutex();
                inParallel(
                        2,
                        i -> {
                            if (!broken) {
                                mutex.lock();
                            }
                            int read = count[0];
                            Tarry.yieldNow();
                            count[0] = read + 1;
                            if (!broken) {
                                mutex.unlock();
                            }
                        });
                assertThat(count[0]).as("count").isEqualTo(2);
            };
        }
    },

    /** What was checked is not true any more. */
    CHECK_THEN_ACT {
        @Override
        Body program(boolean broken) {
            return () -> {
                int[] balance = {1};
                inParallel(
                        2,
                        i -> {
                            if (balance[0] > 0) {
                                if (broken) {
                                    Tarry.yieldNow();
                                }
                                balance[0]--;
                            }
                            if (!broken) {
                                Tarry.yieldNow();
                            }
                        });
                assertThat(balance[0]).as("balance").isZero();
            };
        }
    },

    /** The head of a stack is the same node again, and the stack is not the same. */
    ABA {
        @Override
        Body program(boolean broken) {
            return () -> {
                Node[] head = {new Node("a", new Node("b", new Node("c", null)))};
                int[] version = {0};
                List<String> popped = new ArrayList<>();
                inParallel(
                        2,
                        i -> {
                            if (i == 0) {
                                Node old = head[0];
                                int seen = version[0];
                                Node next = old.next;
                                Tarry.yieldNow(); // before its compare-and-set
                                if (head[0] == old && (broken || version[0] == seen)) {
                                    head[0] = next;
                                    version[0]++;
                                    popped.add(old.name);
                                }
                            } else {
                                Node a = head[0];
                                Node b = a.next;
                                if (b == null || b.next == null) {
                                    return; // the other was first
                                }
                                head[0] = b.next;
                                version[0]++;
                                popped.add(b.name);
                                Tarry.yieldNow();
                                a.next = head[0];
                                head[0] = a;
                                version[0]++;
                            }
                        });
                if (popped.contains("b")) {
                    for (Node n = head[0]; n != null; n = n.next) {
                        assertThat(n.name).as("in the stack").isNotEqualTo("b");
                    }
                }
            };
        }
    },

    /** Two locks, taken in two orders. */
    DEADLOCK_BY_ORDER {
        @Override
        Body program(boolean broken) {
            return () -> {
                Mutex a = new Mutex();
                Mutex b = new Mutex();
                inParallel(
                        2,
                        i -> {
                            Mutex first = broken && i == 1 ? b : a;
                            Mutex second = first == a ? b : a;
                            first.lock();
                            Tarry.yieldNow();
                            second.lock();
                            second.unlock();
                            first.unlock();
                        });
            };
        }
    },

    /** A signal that nobody waits for yet is gone. */
    MISSED_SIGNAL {
        @Override
        Body program(boolean broken) {
            return () -> {
                Channel<String> signal = broken ? Channel.rendezvous() : Channel.buffered(1);
                inParallel(
                        2,
                        i -> {
                            if (i == 0) {
                                signal.receive();
                            } else {
                                signal.trySend("go");
                            }
                        });
            };
        }
    },

    /** Both see it open, both close it. */
    DOUBLE_CLOSE {
        @Override
        Body program(boolean broken) {
            return () -> {
                boolean[] open = {true};
                int[] closes = {0};
                inParallel(
                        2,
                        i -> {
                            if (open[0]) {
                                if (!broken) {
                                    open[0] = false;
                                }
                                Tarry.yieldNow(); // what was written is flushed
                                open[0] = false;
                                closes[0]++;
                            }
                        });
                assertThat(closes[0]).as("closes").isOne();
            };
        }
    },

    /** A condition by hand: between the look and the wait somebody wakes nobody. */
    LOST_WAKE_UP {
        @Override
        Body program(boolean broken) {
            return () -> {
                boolean[] ready = {false};
                Condition condition = new Condition();
                inParallel(
                        2,
                        i -> {
                            if (i == 1) {
                                ready[0] = true;
                                condition.wakeAll();
                                return;
                            }
                            if (!ready[0]) {
                                if (broken) {
                                    Tarry.yieldNow();
                                }
                                condition.sleep();
                            }
                        });
            };
        }
    },

    /** Each takes the fork at its left first. */
    DINING_PHILOSOPHERS {
        @Override
        Body program(boolean broken) {
            return () -> {
                Mutex[] forks = {new Mutex(), new Mutex(), new Mutex()};
                inParallel(
                        3,
                        i -> {
                            int left = broken ? i : Math.min(i, (i + 1) % 3);
                            int right = broken ? (i + 1) % 3 : Math.max(i, (i + 1) % 3);
                            forks[left].lock();
                            if (broken) {
                                Tarry.yieldNow();
                            }
                            forks[right].lock();
                            forks[right].unlock();
                            forks[left].unlock();
                        });
            };
        }
    },

    /** A writer comes in while a reader reads: the reader is counted too late. */
    READERS_AND_WRITERS {
        @Override
        Body program(boolean broken) {
            return () -> {
                int[] readers = {0};
                boolean[] writing = {false};
                Condition written = new Condition();
                inParallel(
                        2,
                        i -> {
                            if (i == 0) {
                                while (writing[0]) {
                                    written.sleep();
                                }
                                if (broken) {
                                    Tarry.yieldNow();
                                }
                                readers[0]++;
                                assertThat(writing[0]).as("written while read").isFalse();
                                readers[0]--;
                            } else if (readers[0] == 0) {
                                writing[0] = true;
                                Tarry.yieldNow();
                                writing[0] = false;
                                written.wakeAll();
                            }
                        });
            };
        }
    },

    /** A buffer with {@code if} where {@code while} belongs: who comes late was quicker. */
    IF_FOR_WHILE {
        @Override
        Body program(boolean broken) {
            return () -> {
                Deque<Integer> buffer = new ArrayDeque<>();
                Condition filled = new Condition();
                inParallel(
                        3,
                        i -> {
                            if (i == 0) {
                                while (buffer.isEmpty()) {
                                    filled.sleep();
                                    if (broken) {
                                        break;
                                    }
                                }
                                assertThat(buffer.poll()).as("taken").isNotNull();
                            } else if (i == 1) {
                                Tarry.yieldNow();
                                buffer.poll(); // in passing
                            } else {
                                for (int k = 0; k < 2; k++) {
                                    buffer.add(k);
                                    filled.wakeAll();
                                    Tarry.yieldNow();
                                }
                            }
                        });
            };
        }
    };

    abstract Body program(boolean broken);

    interface Numbered {
        void run(int i);
    }

    private static void inParallel(int tasks, Numbered body) {
        Scope.run(
                scope -> {
                    for (int i = 0; i < tasks; i++) {
                        int number = i;
                        scope.spawn(() -> body.run(number));
                    }
                });
    }

    private static final class Node {
        private final String name;
        private Node next;

        Node(String name, Node next) {
            this.name = name;
            this.next = next;
        }
    }

    /** A lock that is right. */
    static final class Mutex {
        private final WaitQueue waiters = new WaitQueue();
        private boolean locked;

        void lock() {
            Tarry.await(
                    new QueuedEvent<Boolean>(waiters) {
                        @Override
                        public Outcome<Boolean> poll(Reactor reactor) {
                            if (locked) {
                                return null;
                            }
                            locked = true;
                            return new Outcome.Value<>(true);
                        }

                        @Override
                        public boolean isClaim() {
                            return true;
                        }

                        @Override
                        public boolean wokenOnlyByTasks() {
                            return true;
                        }
                    });
        }

        void unlock() {
            locked = false;
            waiters.wakeAll();
        }
    }

    /** Wakes those who sleep now; a wake-up that finds nobody is lost, which is the point. */
    static final class Condition {
        private final WaitQueue waiters = new WaitQueue();
        private int round;

        void sleep() {
            int before = round;
            Tarry.await(
                    new QueuedEvent<Integer>(waiters) {
                        @Override
                        public Outcome<Integer> poll(Reactor reactor) {
                            return round == before ? null : new Outcome.Value<>(round);
                        }

                        @Override
                        public boolean wokenOnlyByTasks() {
                            return true;
                        }
                    });
        }

        void wakeAll() {
            round++;
            waiters.wakeAll();
        }
    }
}
