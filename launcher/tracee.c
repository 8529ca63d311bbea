#include "tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/xattr.h>
#include <unistd.h>

ssize_t tracee_read(pid_t pid, uint64_t from, void *into, size_t size)
{
    char path[32];
    ssize_t got;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    got = pread(fd, into, size, (off_t)from);
    if (got < 0)
        got = -errno;
    close(fd);
    return got;
}

/* The flags of the descriptor: nobody else may see that its socket was replaced. */
static int read_flags(pid_t pid, int fd)
{
    char path[48];
    char content[256];
    const char *flags;
    ssize_t length;
    int file;

    snprintf(path, sizeof path, "/proc/%d/fdinfo/%d", pid, fd);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -errno;
    length = read(file, content, sizeof content - 1);
    close(file);
    if (length <= 0)
        return -EIO;
    content[length] = '\0';
    flags = strstr(content, "flags:");
    return flags ? (int)strtol(flags + strlen("flags:"), NULL, 8) : -EIO;
}

int tracee_socket(pid_t pid, int fd, struct tracee_socket *socket)
{
    static const char prefix[] = "socket:[";
    char path[48];
    char link[64];
    char protocol[32] = "";
    ssize_t length;

    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
    length = readlink(path, link, sizeof link - 1);
    if (length < 0)
        return -errno;
    link[length] = '\0';
    if (strncmp(link, prefix, sizeof prefix - 1))
        return -ENOTSOCK;
    socket->inode = strtoull(link + sizeof prefix - 1, NULL, 10);
    /* sockfs tells the protocol's name as an attribute of the inode (net/socket.c); lsof uses
     * it. */
    length = getxattr(path, "system.sockprotoname", protocol, sizeof protocol - 1);
    if (length < 0)
        return -errno;
    /* Go asks for MPTCP by default since 1.24; a plain TCP listener serves its clients as well. */
    socket->tcp = !strncmp(protocol, "TCP", 3) || !strncmp(protocol, "MPTCP", 5);
    socket->udp = !strncmp(protocol, "UDP", 3);
    socket->family = strstr(protocol, "v6") ? AF_INET6 : AF_INET;
    socket->flags = read_flags(pid, fd);
    return socket->flags < 0 ? socket->flags : 0;
}
