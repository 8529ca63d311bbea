#include "child.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "seccomp.h"
#include "wire.h"

enum {
    /* First restart at once: the listeners are held, clients wait in their queues. */
    BACKOFF_FIRST_MS = 50,
    BACKOFF_MAX_MS = 3200,
    LIVED_WELL_MS = 10 * 1000, /* longer than this, and the backoff begins anew */
    EXIT_NOT_STARTED = 127,
};

void child_init(struct child *child, char **command, bool seccomp, const sigset_t *signals)
{
    *child = (struct child){
        .command = command,
        .signals = signals,
        .filtered = seccomp,
        .seccomp = seccomp,
        .notifications = -1,
        .kill_at_ms = CLOCK_NEVER,
    };
}

/* Between fork(2) and exec(2). Never returns. */
static void become(const struct child *child, int report, pid_t parent)
{
    int listener = -1;
    int error = 0;

    /* Its own group: SIGKILL reaches what it has forked, signals of a terminal do not reach it. */
    if (setpgid(0, 0) || prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent ||
        sigprocmask(SIG_SETMASK, child->signals, NULL))
        _exit(EXIT_NOT_STARTED);
    if (child->filtered) {
        listener = seccomp_install();
        error = listener < 0 ? listener : 0;
    }
    if (wire_send(report, &error, sizeof error, listener))
        _exit(EXIT_NOT_STARTED);
    if (listener >= 0)
        close(listener);
    execvp(child->command[0], child->command);
    log_error("program could not be started", TEXT("program", child->command[0]),
              TEXT("error", strerror(errno)));
    _exit(EXIT_NOT_STARTED);
}

static void take_listener(struct child *child, int report)
{
    int error = 0;
    ssize_t got = wire_receive_raw(report, &error, sizeof error, &child->notifications);

    if (!child->filtered || got != sizeof error)
        return; /* it has died already: waitpid(2) will tell */
    child->seccomp = child->notifications >= 0;
    if (!child->seccomp)
        log_error("no seccomp notification: the child binds by itself and hands nothing over",
                  TEXT("error", strerror(-error)));
}

static bool start(struct child *child, int64_t now)
{
    pid_t parent = getpid();
    int pair[2];

    child->start_at_ms = now + BACKOFF_MAX_MS; /* only if what follows fails */
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
        log_error("child not started", TEXT("error", strerror(errno)));
        return false;
    }
    child->pid = fork();
    if (child->pid == 0)
        become(child, pair[1], parent);
    close(pair[1]);
    if (child->pid < 0) {
        log_error("child not started", TEXT("error", strerror(errno)));
        child->pid = 0;
        close(pair[0]);
        return false;
    }
    take_listener(child, pair[0]);
    close(pair[0]);
    child->starts++;
    child->started_ms = now;
    child->start_at_ms = 0;
    child->kill_at_ms = CLOCK_NEVER;
    child->stopping = false;
    log_info("child started", NUMBER("pid", child->pid), TEXT("program", child->command[0]),
             NUMBER("starts", child->starts));
    return true;
}

void child_want(struct child *child)
{
    child->want = true;
    child->backoff_ms = 0;
    child->start_at_ms = 0;
}

void child_stop(struct child *child, int64_t now, int64_t grace_ms)
{
    child->want = false;
    child->backoff_ms = 0;
    child->start_at_ms = 0;
    if (!child->pid)
        return;
    if (!child->stopping) {
        log_info("child is told to stop", NUMBER("pid", child->pid), NUMBER("graceMs", grace_ms));
        child_signal(child, SIGTERM);
    }
    child->stopping = true;
    child->kill_at_ms = clock_earlier(child->kill_at_ms, now + grace_ms);
}

bool child_signal(const struct child *child, int signal)
{
    return child->pid && !kill(child->pid, signal);
}

bool child_tick(struct child *child, int64_t now, bool may_start)
{
    if (child->pid && now >= child->kill_at_ms) {
        log_warn("child ignored SIGTERM and is killed", NUMBER("pid", child->pid));
        child->kill_at_ms = CLOCK_NEVER;
        child_signal(child, SIGKILL);
    }
    if (child->pid || !child->want || !may_start || now < child->start_at_ms)
        return false;
    return start(child, now);
}

int64_t child_next_ms(const struct child *child, bool may_start)
{
    if (child->pid)
        return child->kill_at_ms;
    return child->want && may_start ? child->start_at_ms : CLOCK_NEVER;
}

static void ended(struct child *child, int status, int64_t now)
{
    int64_t lived = now - child->started_ms;

    /* What it leaves behind (workers of a killed master) would go on accepting with nobody to stop
     * them; without a launcher they would die with the container. */
    kill(-child->pid, SIGKILL);
    child->has_exited = true;
    child->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    child->exit_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (!child->stopping) {
        child->crashes++;
        if (lived > LIVED_WELL_MS || !child->backoff_ms)
            child->backoff_ms = BACKOFF_FIRST_MS;
        else if (child->backoff_ms < BACKOFF_MAX_MS)
            child->backoff_ms *= 2;
        child->start_at_ms = now + child->backoff_ms;
    }
    log_write(child->stopping ? "info" : "warn", "child ended",
              (const struct log_field[]){NUMBER("pid", child->pid),
                                         NUMBER("code", child->exit_code),
                                         NUMBER("signal", child->exit_signal),
                                         NUMBER("livedMs", lived),
                                         NUMBER("crashes", child->crashes),
                                         NUMBER("backoffMs", child->backoff_ms),
                                         {.name = 0}});
    if (child->notifications >= 0)
        close(child->notifications);
    child->notifications = -1;
    child->pid = 0;
    child->stopping = false;
    child->kill_at_ms = CLOCK_NEVER;
}

bool child_reap(struct child *child, int64_t now)
{
    bool was_ours = false;
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != child->pid)
            continue;
        ended(child, status, now);
        was_ours = true;
    }
    return was_ours;
}
