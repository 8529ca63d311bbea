/* Which established connections the processes of a child have accepted from held listeners:
 * sock_diag(7) knows the connections and their sockets' inodes, /proc/PID/fd knows whose those are.
 * Nothing is asked of the proxy, and nothing is done while a connection comes or goes. */
#ifndef BATON_CONNECTIONS_H
#define BATON_CONNECTIONS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "listeners.h"

enum {
    CONNECTIONS_OWNERS = 2,
    CONNECTIONS_PLACES = LISTENERS_MAX + LISTENERS_FORMER_MAX,
};

struct connections {
    bool complete; /* false: there may be more */
    struct connections_owner {
        long total;
        uint32_t count[CONNECTIONS_PLACES];
    } owner[CONNECTIONS_OWNERS];
};

/* Address of a place: first come the listeners that are held, then those that were. */
const struct address *connections_place(const struct listeners *listeners, size_t place);
/* Counts those of two children of the launcher, pid 0: none. 0 or -errno. */
int connections_count(struct connections *result, const struct listeners *listeners,
                      const pid_t owners[CONNECTIONS_OWNERS]);/* How many the process of this thread has that no other of the child's processes has; -1: not to be
 * had. */
long connections_only_of(const struct listeners *listeners, pid_t child, pid_t thread);

#endif
