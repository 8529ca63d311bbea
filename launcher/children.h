/* The processes of a launcher: the child, which is started again whenever it ends unasked, and one
 * that was set aside, which serves what it has and then ends for good. */
#ifndef BATON_CHILDREN_H
#define BATON_CHILDREN_H
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "child.h"

struct children {
    struct program program;
    struct child child;
    struct child aside;
    bool want;    /* a child */
    bool seccomp; /* the filter could be installed, the last time it was tried */
    long starts;
    long crashes;
    int not_executed; /* starts in a row in which the program could not be executed */
    int backoff_ms;
    int64_t start_at_ms;
    struct child_exit last_exit;
    struct child_exit last_aside;
};

enum children_end { ENDED_OTHER, ENDED_CHILD, ENDED_ASIDE };

/* seccomp: whether the kernel offers user notification. */
void children_init(struct children *children, char **command, bool seccomp,
                   const sigset_t *signals);
/* Wants a child, at once if it was in backoff. */
void children_want(struct children *children);
/* Wants no child: as child_stop. */
void children_stop(struct children *children, int64_t now, int64_t grace_ms, int signal);
/* Sets the child aside and wants another on the other side. There must be a child, and none set
 * aside. */
void children_replace(struct children *children);
/* Starts a child if it is wanted, allowed and its backoff is over; kills what has had its time.
 * True when a child was started. */
bool children_tick(struct children *children, int64_t now, bool may_start);
/* When children_tick has something to do next, or CLOCK_NEVER. */
int64_t children_next_ms(const struct children *children, bool may_start);
/* A process has ended, as waitpid(2) tells; orphans come here as well. */
enum children_end children_ended(struct children *children, pid_t pid, int status, int64_t now);

#endif
