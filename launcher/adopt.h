/* What the child gets for its bind(2), listen(2) and setsockopt(2). */
#ifndef BATON_ADOPT_H
#define BATON_ADOPT_H
#include <stddef.h>
#include <stdint.h>

#include "keeper_link.h"
#include "seccomp.h"
#include "tcp.h"

enum { PRIVATE_PORTS_MAX = 16, UNBOUND_MAX = LISTENERS_MAX };

/* A port that each slot has for itself (the proxy's admin): never held. */
struct private_port {
    uint16_t from; /* what the configuration says, the same in both slots */
    uint16_t to;   /* what this slot binds instead; may be the same */
};

struct private_ports {
    size_t count;
    struct private_port port[PRIVATE_PORTS_MAX];
};

enum adopt_event { ADOPT_NOTHING, ADOPT_BOUND, ADOPT_LISTENING };

struct adopt {
    struct keeper_link *link;
    const struct private_ports *private_ports;
    /* Options of sockets that are not bound yet, by inode; the oldest gives way. */
    size_t next_unbound;
    struct unbound {
        uint64_t inode;
        struct socket_options options;
    } unbound[UNBOUND_MAX];
};

/* Reads and answers one notification. What it returns concerns *address, which is set unless it is
 * ADOPT_NOTHING; each is returned once per address and child. */
enum adopt_event adopt_next(struct adopt *adopt, int listener, struct address *address);

#endif
