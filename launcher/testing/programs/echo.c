/* The smallest proxy for an image without any other file: gives back what comes.
 *   echo PORT */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(const char *what)
{
    perror(what);
    return 1;
}

static void serve(int fd, int listener, int epoll)
{
    struct epoll_event event = {.events = EPOLLIN};
    char data[4096];
    ssize_t length;

    if (fd == listener) {
        event.data.fd = accept(listener, NULL, NULL);
        if (event.data.fd >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event))
            close(event.data.fd);
        return;
    }
    length = read(fd, data, sizeof data);
    if (length <= 0 || write(fd, data, (size_t)length) != length)
        close(fd);
}

int main(int count, char **words)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct rlimit many = {65536, 65536};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};

    address.sin_port = htons((uint16_t)(count > 1 ? atoi(words[1]) : 0));
    setrlimit(RLIMIT_NOFILE, &many); /* as many as the system lets it have */
    if (bind(listener, (struct sockaddr *)&address, sizeof address))
        return fail("bind");
    if (listen(listener, 4096) || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event))
        return fail("listen");
    while (epoll_wait(epoll, &event, 1, -1) >= 0)
        serve(event.data.fd, listener, epoll);
    return fail("epoll_wait");
}
