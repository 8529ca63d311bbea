/* Programs that somebody has the launcher run in its container, beside the child and with the same
 * rights, but without the seccomp filter: what they bind is theirs. */
#ifndef BATON_EXEC_H
#define BATON_EXEC_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    EXECS_RUNNING_MAX = 4,
    EXECS_REMEMBERED = 16, /* those that run, and the ends of the last others */
};

struct exec {
    long id; /* 0: free */
    pid_t pid; /* 0: has ended */
    bool timed_out;
    int code; /* 0 if by signal */
    int signal;
    int64_t kill_at_ms;
};

struct execs {
    long last_id;
    struct exec entry[EXECS_REMEMBERED];
};

struct program;

/* Starts one with the environment of program's side. Id, -EAGAIN when enough are running, or
 * another -errno. It ends with code 127 when it cannot be executed. */
long execs_start(struct execs *execs, const struct program *program, int side, char **command,
                 int64_t timeout_ms, int64_t now);
/* NULL: never heard of, or forgotten. */
const struct exec *execs_find(const struct execs *execs, long id);
/* Kills those whose time is over. When to call again, or CLOCK_NEVER. */
int64_t execs_tick(struct execs *execs, int64_t now);
/* A process has ended, as waitpid(2) tells. NULL: none of these. */
const struct exec *execs_ended(struct execs *execs, pid_t pid, int status);

#endif
