/* The one child of a launcher: started, restarted with backoff, stopped. Deadlines are moments of
 * clock_now_ms; nothing here waits. */
#ifndef BATON_CHILD_H
#define BATON_CHILD_H
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct child {
    char **command;
    const sigset_t *signals; /* mask to give it: the one the launcher was started with */
    bool filtered;           /* to be started under the seccomp filter */
    bool seccomp;            /* the filter could be installed */
    int notifications;       /* seccomp listener of the running child, or -1 */
    pid_t pid;               /* 0: none */
    bool want;
    bool stopping; /* SIGTERM was sent: its end is no crash */
    long starts;
    long crashes;
    int backoff_ms;
    int64_t started_ms;
    int64_t start_at_ms;
    int64_t kill_at_ms;
    bool has_exited;
    int exit_code; /* of the last one that ended; 0 if by signal */
    int exit_signal;
};

/* seccomp: whether the kernel offers user notification. */
void child_init(struct child *child, char **command, bool seccomp, const sigset_t *signals);
/* Wants it to run, at once if it was in backoff. */
void child_want(struct child *child);
/* Wants it gone: SIGTERM now, SIGKILL after grace_ms. A later call can only shorten the time. */
void child_stop(struct child *child, int64_t now, int64_t grace_ms);
/* False: there is no child. */
bool child_signal(const struct child *child, int signal);
/* Starts it if it is wanted, allowed and its backoff is over; kills it if its time is over. True
 * when it was started. */
bool child_tick(struct child *child, int64_t now, bool may_start);
/* When child_tick has something to do next, or CLOCK_NEVER. */
int64_t child_next_ms(const struct child *child, bool may_start);
/* Collects all processes that have ended, orphans as well. True when the child was among them. */
bool child_reap(struct child *child, int64_t now);

#endif
