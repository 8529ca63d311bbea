/* One process of a launcher, from fork(2) to its end. Which processes a launcher has, and when one
 * is started again, is children.c. Deadlines are moments of clock_now_ms; nothing here waits. */
#ifndef BATON_CHILD_H
#define BATON_CHILD_H
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ending.h"
#include "side.h"

enum { CHILD_NOT_EXECUTED = 127 };

/* What is started, the same each time. */
struct program {
    char **command;
    const sigset_t *signals;     /* mask to give it: the one the launcher was started with */
    bool filtered;               /* to be started under the seccomp filter */
    const char *instance[SIDES]; /* its BATON_INSTANCE by side; NULL: none */
};

struct child {
    pid_t pid; /* 0: none */
    int side;
    int notifications; /* its seccomp listener, or -1 */
    int told;          /* signal that told it to stop, so that its end is no crash; 0: none */
    int64_t started_ms;
    int64_t kill_at_ms;
    const struct listeners *listeners; /* where its connections come from; NULL: not counted */
    struct ending ending;
};

struct child_exit {
    bool any; /* false: none has ended yet */
    int code; /* 0 if by signal */
    int signal;
    long connections; /* open at its end, or CONNECTIONS_UNKNOWN */
    long at_stop;     /* open when it was told to stop last, or CONNECTIONS_UNKNOWN */
};

/* No process; side and listeners stay. */
void child_clear(struct child *child);
/* False, and said why, when there is none then. */
bool child_start(struct child *child, const struct program *program, int64_t now);
/* The signal now, SIGKILL after grace_ms. A later call can only shorten the time; a signal that it
 * was told already is not sent again. */
void child_stop(struct child *child, int64_t now, int64_t grace_ms, int signal);
/* False: there is no process. */
bool child_signal(struct child *child, int signal);
/* Kills it if the time it was given to stop is over. */
void child_kill_if_due(struct child *child, int64_t now);
/* waitpid(2) has given this status for it: kills what it leaves behind, and clears it. The seccomp
 * listener stays open: leftovers.h. */
struct child_exit child_ended(struct child *child, int status, int64_t now);

#endif
