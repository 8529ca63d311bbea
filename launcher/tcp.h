/* TCP listeners: made here, checked here. */
#ifndef BATON_TCP_H
#define BATON_TCP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"

enum { SOCKET_OPTIONS_MAX = 8 };

/* Options the child has set on its own socket before bind(2), in the order it set them. */
struct socket_options {
    size_t count;
    struct socket_option {
        int level;
        int name;
        int value;
    } option[SOCKET_OPTIONS_MAX];
};

/* A bound socket with the options, SO_REUSEADDR set, SO_REUSEPORT not, O_NONBLOCK as told.
 * Its fd, or -errno. */
int tcp_bind(const struct address *address, const struct socket_options *options, bool nonblocking);
/* Options that may change while others listen on the socket (level IPPROTO_TCP) are set anew. */
void tcp_update(int fd, const struct socket_options *options);
/* Whether fd is a TCP socket bound to just this address. */
bool tcp_is_bound_to(int fd, const struct address *address);
/* Number that names the socket among all of this kernel; 0 on error. */
uint64_t tcp_inode(int fd);
/* Connections that wait to be accepted, and how many may; zeros while it does not listen. */
void tcp_queue(int fd, unsigned *waiting, unsigned *limit);

#endif
