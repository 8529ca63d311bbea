#include "tcp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

/* What fails here has failed for the child as well, which has the same rights and knows already:
 * Python's http.server tries IPV6_V6ONLY on IPv4 sockets too, and goes on. */
static void set_all(int fd, const struct socket_options *options)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct socket_option *option = &options->option[i];
        (void)setsockopt(fd, option->level, option->name, &option->value, sizeof option->value);
    }
}

int tcp_bind(const struct address *address, const struct socket_options *options, bool nonblocking)
{
    /* O_NONBLOCK lives in the open file description that all holders share: a blocking inherited
     * listener hung HAProxy in accept(2) when another process took the connection first. */
    int type = SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0);
    int fd = socket(address->family, type, IPPROTO_TCP);
    const int on = 1;
    struct sockaddr_storage sockaddr;
    socklen_t length = address_to_sockaddr(address, &sockaddr);
    int error = 0;

    if (fd < 0)
        return -errno;
    /* Without SO_REUSEPORT nobody can bind the address a second time and split the traffic into a
     * queue that nobody reads. SO_REUSEADDR: connections in TIME_WAIT must not refuse the bind. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on))
        error = -errno;
    set_all(fd, options);
    if (!error && bind(fd, (struct sockaddr *)&sockaddr, length))
        error = -errno;
    if (!error)
        return fd;
    close(fd);
    return error;
}

void tcp_update(int fd, const struct socket_options *options)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct socket_option *option = &options->option[i];
        if (option->level != IPPROTO_TCP)
            continue;
        if (setsockopt(fd, option->level, option->name, &option->value, sizeof option->value))
            log_warn("option not set on held listener", NUMBER("option", option->name),
                     TEXT("error", strerror(errno)));
    }
}

bool tcp_is_bound_to(int fd, const struct address *address)
{
    int protocol;
    socklen_t length = sizeof protocol;
    struct sockaddr_storage sockaddr;
    struct address bound;

    if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) || protocol != IPPROTO_TCP)
        return false;
    length = sizeof sockaddr;
    if (getsockname(fd, (struct sockaddr *)&sockaddr, &length))
        return false;
    return address_from_sockaddr(&bound, &sockaddr, length) && address_equal(&bound, address);
}

uint64_t tcp_inode(int fd)
{
    struct stat status;

    return fstat(fd, &status) ? 0 : status.st_ino;
}

void tcp_queue(int fd, unsigned *waiting, unsigned *limit)
{
    struct tcp_info info;
    socklen_t length = sizeof info;

    *waiting = *limit = 0;
    memset(&info, 0, sizeof info);
    /* For a listener the kernel gives the accept queue and its limit in these two fields
     * (net/ipv4/tcp.c, tcp_get_info); it needs no privilege. */
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) || info.tcpi_state != TCP_LISTEN)
        return;
    *waiting = info.tcpi_unacked;
    *limit = info.tcpi_sacked;
}
