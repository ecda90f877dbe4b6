/* The floor: take connections, read what comes and throw it away. One thread, epoll, one buffer of 256 KB.
 * floor <port> [SO_RCVLOWAT]: nobody who reads RTMP from sockets can need less CPU than this. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[256 * 1024];

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    int mark = argc > 2 ? atoi(argv[2]) : 0, one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int server = socket(AF_INET, SOCK_STREAM, 0), poller = epoll_create1(0);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(server, (struct sockaddr *)&address, sizeof address) || listen(server, 4096)) {
        perror("floor");
        return 1;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = server}, events[512];
    epoll_ctl(poller, EPOLL_CTL_ADD, server, &event);
    for (;;) {
        int ready = epoll_wait(poller, events, 512, -1);
        for (int i = 0; i < ready; i++) {
            int from = events[i].data.fd;
            if (from == server) {
                event.data.fd = accept4(server, NULL, NULL, SOCK_NONBLOCK);
                if (event.data.fd < 0) continue;
                if (mark) setsockopt(event.data.fd, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark);
                epoll_ctl(poller, EPOLL_CTL_ADD, event.data.fd, &event);
            } else if (recv(from, buffer, sizeof buffer, 0) == 0) {
                close(from);
            }
        }
    }
}
