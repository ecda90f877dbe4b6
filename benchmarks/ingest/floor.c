/* The floor: take connections, read what comes and throw it away. One thread, epoll, one buffer of 256 KB.
 * floor <port> [SO_RCVLOWAT [folder]]: nobody who reads RTMP from sockets can need less CPU than this. With a folder,
 * what comes is written there, to a new file for each 2 s of it, past the page cache where the kernel can. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_CONNECTIONS 65536
#define FILE_BYTES 1550000
#define DONTCACHE 0x80 /* RWF_DONTCACHE, Linux 6.14 */

static char buffer[256 * 1024];
static struct { char *bytes; size_t size; } kept[MOST_CONNECTIONS]; /* by socket */

/* Writes what is kept of a connection. One call for a file costs less than one for each read. */
static void store(const char *folder, int from) {
    static unsigned number;
    static int flags = DONTCACHE;
    char name[4096];
    snprintf(name, sizeof name, "%s/%u", folder, number++);
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    struct iovec piece = {kept[from].bytes, kept[from].size};
    ssize_t written = pwritev2(file, &piece, 1, 0, flags);
    if (written < 0 && errno == EOPNOTSUPP) written = pwritev2(file, &piece, 1, 0, flags = 0);
    if (written != (ssize_t)kept[from].size) {
        perror("floor");
        exit(1);
    }
    close(file);
    kept[from].size = 0;
}

static void keep(const char *folder, int from, size_t size) {
    if (!kept[from].bytes) kept[from].bytes = malloc(FILE_BYTES + sizeof buffer);
    memcpy(kept[from].bytes + kept[from].size, buffer, size);
    kept[from].size += size;
    if (kept[from].size >= FILE_BYTES) store(folder, from);
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    int mark = argc > 2 ? atoi(argv[2]) : 0, one = 1;
    const char *folder = argc > 3 ? argv[3] : NULL;
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
                if (event.data.fd >= MOST_CONNECTIONS) return 1;
                if (mark) setsockopt(event.data.fd, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof mark);
                epoll_ctl(poller, EPOLL_CTL_ADD, event.data.fd, &event);
            } else {
                ssize_t size = recv(from, buffer, sizeof buffer, 0);
                if (folder && size > 0) keep(folder, from, (size_t)size);
                if (size == 0) {
                    kept[from].size = 0; /* the number of the socket is given out again */
                    close(from);
                }
            }
        }
    }
}
