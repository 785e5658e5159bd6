/*
 * The load client of `./tarry bench echo`, which measures how long the echoes of its messages take.
 *
 *   load PORT CONNECTIONS ACTIVE BYTES WARMUP_MS MEASURE_MS RATE
 *
 * With RATE 0 each active connection has one message under way all the time. Else so many messages
 * are due in a second, at random moments, on one connection after the other, whether the echoes of
 * those before have come or not; and the delay counts from the moment when the message was due.
 *
 * Says BEGIN and END around the measurement, so that the driver can read the server's CPU time, and
 * then "messages seconds p50 p99 p99.9", the last three in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
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

#define QUEUE 512 /* most messages under way on a connection */

struct connection {
    int fd;
    int missing; /* bytes of the oldest echo that have not come yet */
    int first, count;
    long *due; /* of the messages under way: a ring */
};

static int bytes;
static char message[1 << 16], answer[1 << 16];

/* How often each delay came: 32 buckets for each power of two, so within three percent. */
static long histogram[64 * 32];

static long messages, begin, at; /* echoes measured, since when, and the time of the latest */

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
    messages++;
}

static double percentile(double share) {
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

static void send_message(struct connection *c, long due) {
    if (c->count == 0) c->missing = bytes;
    c->due[(c->first + c->count++) % QUEUE] = due;
    for (int done = 0; done < bytes;) {
        ssize_t n = write(c->fd, message, bytes - done);
        if (n < 0) die("write");
        done += n;
    }
}

/* Answers how many echoes were completed, and notes their delays. */
static int receive(struct connection *c, int flags) {
    ssize_t n = recv(c->fd, answer, sizeof answer, flags);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (n <= 0) die("recv");
    int completed = 0;
    for (c->missing -= n; c->missing <= 0 && c->count > 0; completed++) {
        at = now();
        if (begin) record(at - c->due[c->first]);
        c->first = (c->first + 1) % QUEUE;
        c->count--;
        c->missing += bytes;
    }
    return completed;
}

/* Sends what is due by now; waits where a connection has too much under way, and then is late. */
static void send_due(struct connection *all, int active, double rate) {
    static long sent;
    static double due;
    if (sent == 0) due = now();
    for (long t = now(); due <= t; due -= log(1 - drand48()) * 1e9 / rate) {
        struct connection *c = &all[sent % active];
        if (c->count == QUEUE) return;
        send_message(c, (long)due);
        sent++;
    }
}

int main(int argc, char **argv) {
    if (argc != 8) return 2;
    int port = atoi(argv[1]), connections = atoi(argv[2]), active = atoi(argv[3]);
    bytes = atoi(argv[4]);
    long warmup = atol(argv[5]) * 1000000L, measure = atol(argv[6]) * 1000000L;
    double rate = atof(argv[7]);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    int epoll = epoll_create1(0);
    struct connection *all = calloc(connections, sizeof *all);
    for (int i = 0; i < connections; i++) {
        all[i].fd = dial(port);
        all[i].due = malloc(QUEUE * sizeof(long));
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = &all[i]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &e);
        if (i % PACE == PACE - 1) {
            send_message(&all[i], now());
            while (!receive(&all[i], 0)) continue;
        }
    }
    if (!rate) {
        for (int i = 0; i < active; i++) send_message(&all[i], now());
    }

    long start = at = now();
    while (!begin || at - begin < measure) {
        if (rate) send_due(all, active, rate);
        struct epoll_event ready[BATCH];
        int n = epoll_wait(epoll, ready, BATCH, rate ? 0 : -1);
        for (int i = 0; i < n; i++) {
            struct connection *c = ready[i].data.ptr;
            if (receive(c, MSG_DONTWAIT) && !rate) send_message(c, at);
        }
        if (!begin && at - start >= warmup) {
            puts("BEGIN");
            fflush(stdout);
            begin = at;
        }
    }
    puts("END");
    printf("%ld %.6f %.3f %.3f %.3f\n", messages, (at - begin) / 1e9,
           percentile(.5), percentile(.99), percentile(.999));
    fflush(stdout);
    getchar(); /* the driver looks at the server while all are still connected */
    return 0;
}
