/* An echo server with a thread of GNU Pth for each connection. It waits with select(2). */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pth.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void *echo(void *argument) {
    int fd = (int)(long)argument;
    char buffer[16 * 1024];
    ssize_t n;
    while ((n = pth_read(fd, buffer, sizeof buffer)) > 0) {
        if (pth_write(fd, buffer, n) != n) break;
    }
    close(fd);
    return NULL;
}

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    int one = 1, fd, listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024)) return 1;
    getsockname(listener, (struct sockaddr *)&address, &size);
    printf("PORT %d\n", ntohs(address.sin_port));
    fflush(stdout);

    pth_init();
    pth_attr_t attributes = pth_attr_new();
    pth_attr_set(attributes, PTH_ATTR_JOINABLE, FALSE);
    pth_attr_set(attributes, PTH_ATTR_STACK_SIZE, 64 * 1024);
    while ((fd = pth_accept(listener, NULL, NULL)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        pth_spawn(attributes, echo, (void *)(long)fd);
    }
    return 1;
}
