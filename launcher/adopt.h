/* What the children get for their bind(2), listen(2) and setsockopt(2). */
#ifndef BATON_ADOPT_H
#define BATON_ADOPT_H
#include <stddef.h>
#include <stdint.h>

#include "keeper_link.h"
#include "private_ports.h"
#include "seccomp.h"
#include "tcp.h"
#include "unheld.h"

enum { UNBOUND_MAX = LISTENERS_MAX };

enum adopt_event { ADOPT_NOTHING, ADOPT_BOUND, ADOPT_LISTENING, ADOPT_EXITING };

struct adopt {
    struct keeper_link *link;
    const struct private_ports *private_ports;
    struct unheld *unheld;
    struct notification exiting; /* ADOPT_EXITING: the call, to be continued by who was told */
    /* Options of sockets that are not bound yet, by inode; the oldest gives way. */
    size_t next_unbound;
    struct unbound {
        uint64_t inode;
        struct socket_options options;
    } unbound[UNBOUND_MAX];
};

/* Reads and answers one notification of the process on that side. What it returns concerns
 * *address, which is set for ADOPT_BOUND and ADOPT_LISTENING; each is returned once per address and
 * process. */
enum adopt_event adopt_next(struct adopt *adopt, int listener, int side, struct address *address);

#endif
