/* Ports that each process of a pod's slots has for itself (the proxy's admin): never held. */
#ifndef BATON_PRIVATE_PORTS_H
#define BATON_PRIVATE_PORTS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "side.h"

enum { PRIVATE_PORTS_MAX = 16 };

struct private_port {
    uint16_t from;      /* what the configuration says, the same in all slots */
    uint16_t to[SIDES]; /* what is bound instead on each side; may be the same; 0: there is none */
};

struct private_ports {
    size_t count;
    struct private_port port[PRIVATE_PORTS_MAX];
};

/* Adds "FROM=TO" or "FROM=TO,TO2". NULL, or what is wrong with it. */
const char *private_ports_add(struct private_ports *ports, const char *text);
/* NULL: it is not private. */
const struct private_port *private_ports_find(const struct private_ports *ports, uint16_t from);
/* The first that has no port on that side, or NULL. */
const struct private_port *private_ports_lacking(const struct private_ports *ports, int side);

#endif
