/* The limit for an echo server on one core: epoll, level-triggered, one buffer for all. */
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
#include <unistd.h>

#define BATCH 256

/* What a connection could not write at once; a client that reads its echoes never makes one. */
struct connection {
    int fd, kept;
    char *rest;
};

static char buffer[16 * 1024];
static int epoll;

static void watch(struct connection *c, int op, int events) {
    struct epoll_event e = {.events = events, .data.ptr = c};
    epoll_ctl(epoll, op, c->fd, &e);
}

static void drop(struct connection *c) {
    close(c->fd);
    free(c->rest);
    free(c);
}

static void accept_all(int listener) {
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        watch(c, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static void echo(struct connection *c) {
    ssize_t n = read(c->fd, buffer, sizeof buffer);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
        drop(c);
        return;
    }
    ssize_t written = write(c->fd, buffer, n);
    if (written < 0) written = 0;
    if (written < n) {
        c->kept = n - written;
        c->rest = malloc(c->kept);
        memcpy(c->rest, buffer + written, c->kept);
        watch(c, EPOLL_CTL_MOD, EPOLLOUT);
    }
}

static void flush(struct connection *c) {
    ssize_t n = write(c->fd, c->rest, c->kept);
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) {
        drop(c);
        return;
    }
    c->kept -= n;
    memmove(c->rest, c->rest + n, c->kept);
    if (c->kept == 0) {
        free(c->rest);
        c->rest = NULL;
        watch(c, EPOLL_CTL_MOD, EPOLLIN);
    }
}

int main(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);

    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    struct connection listener = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)};
    if (bind(listener.fd, (struct sockaddr *)&address, size) || listen(listener.fd, 1024)) return 1;
    getsockname(listener.fd, (struct sockaddr *)&address, &size);
    printf("PORT %d\n", ntohs(address.sin_port));
    fflush(stdout);

    epoll = epoll_create1(0);
    watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
    while (1) {
        struct epoll_event ready[BATCH];
        int n = epoll_wait(epoll, ready, BATCH, -1);
        for (int i = 0; i < n; i++) {
            struct connection *c = ready[i].data.ptr;
            if (c == &listener) {
                accept_all(listener.fd);
            } else if (c->rest) {
                flush(c);
            } else {
                echo(c);
            }
        }
    }
}
