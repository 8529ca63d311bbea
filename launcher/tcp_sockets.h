/* The TCP connections of this network namespace, from the kernel's sock_diag(7): what ss(8) shows.
 * Needs no privilege. */
#ifndef BATON_TCP_SOCKETS_H
#define BATON_TCP_SOCKETS_H
#include <stdint.h>

#include "address.h"

struct tcp_socket {
    struct address local;
    uint32_t inode; /* 0: nobody has a descriptor of it, so it was not accepted or is closed */
};

/* Called for each connection on which something can still be lost: those that either side may
 * write to, and those whose end the peer has not acknowledged yet. */
typedef void tcp_socket_seen(void *context, const struct tcp_socket *socket);

/* 0 or -errno. */
int tcp_sockets_each(tcp_socket_seen *seen, void *context);

#endif
