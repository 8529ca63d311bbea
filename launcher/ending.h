/* How many connections were open when a child ended. What a process does when it is told to stop,
 * closing its connections before it exits, cannot be told from what it does when a client is done:
 * so they are counted twice, at the moment it is told, while it stands still, and at its very end.
 * Whether it was told in order to drain or in order to end only the agent knows. */
#ifndef BATON_ENDING_H
#define BATON_ENDING_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "listeners.h"

enum { CONNECTIONS_UNKNOWN = -1 };

struct ending {
    long connections; /* open when it called exit_group(2); or CONNECTIONS_UNKNOWN */
    long at_stop;     /* open when it was told to stop, the last time; or CONNECTIONS_UNKNOWN */
    int made_by;      /* signal that makes it end, and was sent by this launcher; 0: none */
    bool told;        /* to stop, with whatever signal */
    long lost;        /* that ended with its other processes, since told or of late; or CONNECTIONS_UNKNOWN */
    int64_t lost_at_ms;
};

void ending_clear(struct ending *ending);
/* Sends the signal to the child, KILL to its whole group. If it is going to end by that - it has no
 * handler, or stop is set and the signal says "at once" - its group stands still meanwhile and is
 * counted. 0 or -errno. In all of these, listeners NULL: nothing is counted. */
int ending_signal(struct ending *ending, pid_t child, const struct listeners *listeners,
                  int signal, bool stop);
/* Counts at_stop again: it was told before, and is to end now. */
void ending_recount(struct ending *ending, pid_t child, const struct listeners *listeners);
/* A thread of the child or of a process it has forked waits in exit_group(2). */
void ending_exit(struct ending *ending, pid_t child, const struct listeners *listeners,
                 pid_t thread);
/* status: of waitpid(2). */
long ending_connections(const struct ending *ending, int status, int64_t now);

#endif
