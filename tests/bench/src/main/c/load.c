/*
 * The load client of `./tarry bench echo`: keeps one message under way on each active connection,
 * and measures how long its echo takes.
 *
 *   load PORT CONNECTIONS ACTIVE BYTES WARMUP_MS MEASURE_MS
 *
 * Says BEGIN and END around the measurement, so that the driver can read the server's CPU time, and
 * then "messages seconds p50 p99 p99.9", the last three in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 256
#define PACE 100 /* connections between two round trips, so that no backlog overflows */

struct connection {
    int fd;
    long sent;
    int missing; /* bytes of the echo that have not come yet */
};

static int bytes;
static char message[1 << 16], answer[1 << 16];

/* How often each delay came: 32 buckets for each power of two, so within three percent. */
static long histogram[64 * 32];

static void die(const char *call) {
    perror(call);
    exit(1);
}

static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void record(long nanos) {
    int exponent = 0;
    while ((nanos >> exponent) >= 64) exponent++;
    histogram[exponent * 32 + (nanos >> exponent)]++;
}

static double percentile(double share, long messages) {
    long left = (long)(share * messages);
    for (int i = 0; i < 64 * 32; i++) {
        left -= histogram[i];
        if (left < 0) {
            int exponent = i < 64 ? 0 : i / 32 - 1;
            return (double)((long)(i - exponent * 32) << exponent) / 1000;
        }
    }
    return 0;
}

static int dial(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) die("socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void send_message(struct connection *c) {
    c->missing = bytes;
    c->sent = now();
    for (int done = 0; done < bytes;) {
        ssize_t n = write(c->fd, message, bytes - done);
        if (n < 0) die("write");
        done += n;
    }
}

/* Answers the delay of the message when all of its echo has come, else 0. */
static long receive(struct connection *c, int flags) {
    ssize_t n = recv(c->fd, answer, sizeof answer, flags);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (n <= 0) die("recv");
    c->missing -= n;
    return c->missing == 0 ? now() - c->sent : 0;
}

int main(int argc, char **argv) {
    if (argc != 7) return 2;
    int port = atoi(argv[1]), connections = atoi(argv[2]), active = atoi(argv[3]);
    bytes = atoi(argv[4]);
    long warmup = atol(argv[5]) * 1000000L, measure = atol(argv[6]) * 1000000L;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    int epoll = epoll_create1(0);
    struct connection *all = calloc(connections, sizeof *all);
    for (int i = 0; i < connections; i++) {
        all[i].fd = dial(port);
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &all[i]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &e);
        if (i % PACE == PACE - 1) {
            send_message(&all[i]);
            while (!receive(&all[i], 0)) continue;
        }
    }
    for (int i = 0; i < active; i++) send_message(&all[i]);

    long start = now(), begin = 0, messages = 0, at = start;
    while (!begin || at - begin < measure) {
        struct epoll_event ready[BATCH];
        int n = epoll_wait(epoll, ready, BATCH, -1);
        for (int i = 0; i < n; i++) {
            struct connection *c = ready[i].data.ptr;
            long delay = receive(c, MSG_DONTWAIT);
            if (delay) {
                at = c->sent + delay;
                if (begin) {
                    record(delay);
                    messages++;
                }
                send_message(c);
            }
        }
        if (!begin && at - start >= warmup) {
            puts("BEGIN");
            fflush(stdout);
            begin = at;
        }
    }
    puts("END");
    printf("%ld %.6f %.3f %.3f %.3f\n", messages, (at - begin) / 1e9,
           percentile(.5, messages), percentile(.99, messages), percentile(.999, messages));
    fflush(stdout);
    getchar(); /* the driver looks at the server while all are still connected */
    return 0;
}
