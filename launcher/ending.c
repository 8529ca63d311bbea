#include "ending.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "connections.h"
#include "family.h"
#include "log.h"

enum {
    /* How long a child may take to stand still; longer than any system call that cannot be
     * interrupted, except on a disk that hangs. */
    FREEZE_MS = 50,
    FREEZE_POLL_US = 200,
    /* A master outlives its workers, and ends soon after them. */
    LOST_LATELY_MS = 10 * 1000,
    /* Programs that fork for each request end all the time, each with a copy of the parent's
     * descriptors: at most a tenth of the launcher's time goes into looking at them. */
    EXITS_BUDGET_MS = 1000,
    EXITS_PERIOD_MS = 10 * 1000,
};

void ending_clear(struct ending *ending)
{
    *ending = (struct ending){
        .connections = CONNECTIONS_UNKNOWN,
        .at_stop = CONNECTIONS_UNKNOWN,
    };
}

/* Whether a mask of /proc/PID/status has the signal. */
static bool has(const char *status, const char *mask, int signal)
{
    const char *found = strstr(status, mask);

    return found && (strtoull(found + strlen(mask), NULL, 16) >> (signal - 1) & 1);
}

/* Whether the process does nothing about the signal, so that the kernel ends it. */
static bool is_deadly(pid_t pid, int signal)
{
    char path[32];
    char status[2048];
    ssize_t length;
    int file;

    if (signal == SIGKILL)
        return true;
    if (signal == SIGCHLD || signal == SIGCONT || signal == SIGURG || signal == SIGWINCH ||
        signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)
        return false;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    length = read(file, status, sizeof status - 1);
    close(file);
    if (length <= 0)
        return false;
    status[length] = '\0';
    return !has(status, "\nSigBlk:\t", signal) && !has(status, "\nSigIgn:\t", signal) &&
           !has(status, "\nSigCgt:\t", signal);
}

/* Whether none of the child's processes can accept or close anything now. */
static bool stands_still(pid_t child, bool *stopped)
{
    static struct family family;
    siginfo_t info = {0};

    /* Told only when the last of its threads has stopped. */
    if (!*stopped && !waitid(P_PID, (id_t)child, &info, WSTOPPED | WNOHANG))
        *stopped = info.si_pid == child;
    if (!*stopped)
        return false;
    family_read(&family);
    family_mark(&family, child);
    for (size_t i = 0; i < family.count; i++) {
        const struct family_process *process = &family.process[i];
        if (process->member && process->group == child && !strchr("TtZX", process->state))
            return false;
    }
    return true;
}

static void freeze(pid_t child)
{
    const struct timespec pause = {.tv_nsec = FREEZE_POLL_US * 1000L};
    int64_t end = clock_now_ms() + FREEZE_MS;
    bool stopped = false;

    kill(-child, SIGSTOP);
    while (!stands_still(child, &stopped) && clock_now_ms() < end)
        nanosleep(&pause, NULL);
}

static long count(pid_t child, const struct listeners *listeners)
{
    static struct connections connections;
    const pid_t owners[CONNECTIONS_OWNERS] = {child};
    int error = connections_count(&connections, listeners, owners);

    if (error)
        log_warn("connections not counted", TEXT("error", strerror(-error)));
    return !error && connections.complete ? connections.owner[0].total : CONNECTIONS_UNKNOWN;
}

/* Signals that tell a program to end at once; what it does for others only its manual says. */
static bool ends_at_once(int signal)
{
    return signal == SIGTERM || signal == SIGINT || signal == SIGKILL;
}

int ending_signal(struct ending *ending, pid_t child, const struct listeners *listeners,
                  int signal, bool stop)
{
    bool counted = listeners && ((stop && ends_at_once(signal)) || is_deadly(child, signal));
    int error = 0;

    if (stop && !ending->told) {
        ending->told = true;
        ending->lost = 0;
    }
    if (counted) {
        freeze(child);
        ending->at_stop = count(child, listeners);
        ending->made_by = signal;
    }
    if (kill(signal == SIGKILL ? -child : child, signal))
        error = -errno;
    if (counted)
        kill(-child, SIGCONT);
    return error;
}

void ending_recount(struct ending *ending, pid_t child, const struct listeners *listeners)
{
    if (!listeners || ending->at_stop == CONNECTIONS_UNKNOWN)
        return;
    freeze(child);
    ending->at_stop = count(child, listeners);
    kill(-child, SIGCONT);
}

/* One of the child's other processes ends: a worker, with connections of its own, or a helper that
 * has at most copies of them. */
static void lose(struct ending *ending, pid_t child, const struct listeners *listeners,
                 pid_t process)
{
    static int64_t period_ends_ms;
    static int64_t spent_ms;
    int64_t now = clock_now_ms();
    long own;

    if (!ending->told && now - ending->lost_at_ms > LOST_LATELY_MS)
        ending->lost = 0;
    if (now > period_ends_ms) {
        period_ends_ms = now + EXITS_PERIOD_MS;
        spent_ms = 0;
    }
    own = spent_ms > EXITS_BUDGET_MS ? CONNECTIONS_UNKNOWN
                                     : connections_only_of(listeners, child, process);
    spent_ms += clock_now_ms() - now;
    if (own == 0)
        return;
    ending->lost_at_ms = now;
    ending->lost = own < 0 || ending->lost < 0 ? CONNECTIONS_UNKNOWN : ending->lost + own;
}

void ending_exit(struct ending *ending, pid_t child, const struct listeners *listeners,
                 pid_t thread)
{
    if (!listeners)
        return;
    if (!family_has_thread(child, thread))
        lose(ending, child, listeners, thread);
    else
        ending->connections = count(child, listeners);
}

long ending_connections(const struct ending *ending, int status, int64_t now)
{
    bool lately = ending->told || now - ending->lost_at_ms <= LOST_LATELY_MS;
    long open = ending->connections;

    if (WIFSIGNALED(status))
        open = WTERMSIG(status) == ending->made_by ? ending->at_stop : CONNECTIONS_UNKNOWN;
    if (open < 0 || !lately)
        return open;
    return ending->lost < 0 ? CONNECTIONS_UNKNOWN : open + ending->lost;
}
