#include "exec.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "clock.h"
#include "log.h"

enum { NOT_EXECUTED = 127 };

/* A free place, or that of the one that ended and was started longest ago. */
static struct exec *place(struct execs *execs)
{
    struct exec *oldest = NULL;
    int running = 0;

    for (int i = 0; i < EXECS_REMEMBERED; i++) {
        struct exec *exec = &execs->entry[i];
        if (exec->pid)
            running++;
        else if (!oldest || exec->id < oldest->id)
            oldest = exec;
    }
    return running < EXECS_RUNNING_MAX ? oldest : NULL;
}

/* Between fork(2) and exec(2). Never returns. */
static void become(const struct program *program, int side, char **command, pid_t parent)
{
    const char *instance = program->instance[side];

    if (setpgid(0, 0) || prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent ||
        sigprocmask(SIG_SETMASK, program->signals, NULL) ||
        (instance && setenv("BATON_INSTANCE", instance, 1)))
        _exit(NOT_EXECUTED);
    execvp(command[0], command);
    log_error("program could not be started", TEXT("program", command[0]),
              TEXT("error", strerror(errno)));
    _exit(NOT_EXECUTED);
}

long execs_start(struct execs *execs, const struct program *program, int side, char **command,
                 int64_t timeout_ms, int64_t now)
{
    struct exec *exec = place(execs);
    pid_t parent = getpid();
    pid_t pid;

    if (!exec)
        return -EAGAIN;
    pid = fork();
    if (pid == 0)
        become(program, side, command, parent);
    if (pid < 0)
        return errno == EAGAIN ? -ENOMEM : -errno; /* EAGAIN has its own meaning here */
    /* Here as well as there, whoever comes first: at the timeout the group must be its own. */
    if (setpgid(pid, pid) && errno != EACCES && errno != ESRCH)
        log_warn("process group not set", TEXT("error", strerror(errno)));
    *exec = (struct exec){.id = ++execs->last_id, .pid = pid, .kill_at_ms = now + timeout_ms};
    log_info("program executed", NUMBER("exec", exec->id), NUMBER("pid", pid),
             TEXT("program", command[0]), NUMBER("timeoutMs", timeout_ms));
    return exec->id;
}

const struct exec *execs_find(const struct execs *execs, long id)
{
    for (int i = 0; i < EXECS_REMEMBERED; i++)
        if (id > 0 && execs->entry[i].id == id)
            return &execs->entry[i];
    return NULL;
}

int64_t execs_tick(struct execs *execs, int64_t now)
{
    int64_t next = CLOCK_NEVER;

    for (int i = 0; i < EXECS_REMEMBERED; i++) {
        struct exec *exec = &execs->entry[i];
        if (!exec->pid)
            continue;
        if (now >= exec->kill_at_ms) {
            exec->timed_out = true;
            exec->kill_at_ms = CLOCK_NEVER;
            kill(-exec->pid, SIGKILL);
        }
        next = clock_earlier(next, exec->kill_at_ms);
    }
    return next;
}

const struct exec *execs_ended(struct execs *execs, pid_t pid, int status)
{
    for (int i = 0; i < EXECS_REMEMBERED; i++) {
        struct exec *exec = &execs->entry[i];
        if (exec->pid != pid)
            continue;
        exec->pid = 0;
        exec->code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
        exec->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        log_info("executed program ended", NUMBER("exec", exec->id), NUMBER("code", exec->code),
                 NUMBER("signal", exec->signal), NUMBER("timedOut", exec->timed_out));
        return exec;
    }
    return NULL;
}
