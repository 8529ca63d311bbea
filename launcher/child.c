#include "child.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "seccomp.h"
#include "wire.h"

void child_clear(struct child *child)
{
    *child = (struct child){
        .side = child->side,
        .notifications = -1,
        .kill_at_ms = CLOCK_NEVER,
        .listeners = child->listeners,
    };
    ending_clear(&child->ending);
}

/* Between fork(2) and exec(2). Never returns. */
static void become(const struct program *program, int side, int report, pid_t parent)
{
    const char *instance = program->instance[side];
    int listener = -1;
    int error = 0;

    /* Its own group: SIGKILL reaches what it has forked, signals of a terminal do not reach it. */
    if (setpgid(0, 0) || prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent ||
        sigprocmask(SIG_SETMASK, program->signals, NULL) ||
        (instance && setenv("BATON_INSTANCE", instance, 1)))
        _exit(CHILD_NOT_EXECUTED);
    if (program->filtered) {
        listener = seccomp_install();
        error = listener < 0 ? listener : 0;
    }
    if (wire_send(report, &error, sizeof error, listener)) {
        /* Nobody has the listener: an exit that waits for its answer would wait forever. */
        if (listener >= 0)
            close(listener);
        _exit(CHILD_NOT_EXECUTED);
    }
    if (listener >= 0)
        close(listener);
    execvp(program->command[0], program->command);
    log_error("program could not be started", TEXT("program", program->command[0]),
              TEXT("error", strerror(errno)));
    _exit(CHILD_NOT_EXECUTED);
}

static void take_listener(struct child *child, int report)
{
    int error = 0;
    ssize_t got = wire_receive_raw(report, &error, sizeof error, &child->notifications);

    if (got != sizeof error)
        return; /* it has died already: waitpid(2) will tell */
    if (child->notifications < 0)
        log_error("no seccomp notification: the child binds by itself and hands nothing over",
                  TEXT("error", strerror(-error)));
}

bool child_start(struct child *child, const struct program *program, int64_t now)
{
    pid_t parent = getpid();
    int pair[2];

    child_clear(child);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
        log_error("child not started", TEXT("error", strerror(errno)));
        return false;
    }
    child->pid = fork();
    if (child->pid == 0)
        become(program, child->side, pair[1], parent);
    close(pair[1]);
    if (child->pid < 0) {
        log_error("child not started", TEXT("error", strerror(errno)));
        child->pid = 0;
        close(pair[0]);
        return false;
    }
    if (program->filtered)
        take_listener(child, pair[0]);
    close(pair[0]);
    child->started_ms = now;
    return true;
}

static bool tell(struct child *child, int signal, bool stop)
{
    return child->pid &&
           !ending_signal(&child->ending, child->pid, child->listeners, signal, stop);
}

bool child_signal(struct child *child, int signal)
{
    return tell(child, signal, false);
}

void child_stop(struct child *child, int64_t now, int64_t grace_ms, int signal)
{
    if (!child->pid)
        return;
    if (child->told != signal) {
        log_info("child is told to stop", NUMBER("pid", child->pid), NUMBER("signal", signal),
                 NUMBER("graceMs", grace_ms));
        tell(child, signal, true);
    } else {
        ending_recount(&child->ending, child->pid, child->listeners);
    }
    child->told = signal;
    child->kill_at_ms = clock_earlier(child->kill_at_ms, now + grace_ms);
}

void child_kill_if_due(struct child *child, int64_t now)
{
    if (!child->pid || now < child->kill_at_ms)
        return;
    log_warn("child did not stop in time and is killed", NUMBER("pid", child->pid));
    child->kill_at_ms = CLOCK_NEVER;
    tell(child, SIGKILL, true);
}

struct child_exit child_ended(struct child *child, int status, int64_t now)
{
    struct child_exit end = {
        .any = true,
        .code = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
        .connections = ending_connections(&child->ending, status, now),
        .at_stop = child->ending.at_stop,
    };

    /* What it leaves behind (workers of a killed master) would go on accepting with nobody to stop
     * them; without a launcher they would die with the container. */
    kill(-child->pid, SIGKILL);
    child_clear(child);
    return end;
}
