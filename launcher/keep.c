#include "keep.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>

#include "children.h"
#include "clock.h"
#include "keeper.h"
#include "log.h"
#include "signals.h"

enum { EXIT_SIGNALLED = 128, BEHIND_RETRY_MS = 100, NO_DEADLINE_MS = INT_MAX };

/* Keeper and agent's program share one process and one loop: the keeper survives the agent's
 * program, and its own end is the container's, which the launchers' copies survive. */
static struct keeper the_keeper;
static struct children the_children;

static int fail(const char *what, int error)
{
    log_error(what, TEXT("error", strerror(-error)));
    return 1;
}

static int exit_code(const struct child_exit *end)
{
    return end->signal ? EXIT_SIGNALLED + end->signal : end->code;
}

/* The agent drains the pod after SIGTERM: it alone knows how long that takes, so there is no
 * deadline but the kubelet's. */
static void on_stop(struct children *children)
{
    children->want = false;
    child_stop(&children->child, clock_now_ms(), NO_DEADLINE_MS, SIGTERM);
}

/* The agent's program, and orphans. */
static void reap(struct children *children)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        children_ended(children, pid, status, clock_now_ms());
}

static int serve(struct keeper *keeper, struct children *children, int signal_fd)
{
    struct pollfd polls[KEEPER_POLLS + 1];
    bool terminating = false;

    for (;;) {
        children_tick(children, clock_now_ms(), true);
        if (terminating && !children->child.pid)
            return children->last_exit.any ? exit_code(&children->last_exit) : 0;
        int64_t now = clock_now_ms();
        int64_t next = children_next_ms(children, true);
        next = clock_earlier(next, keeper_tick(keeper, now));
        if (keeper_is_behind(keeper))
            next = clock_earlier(next, now + BEHIND_RETRY_MS);
        polls[KEEPER_POLLS] = (struct pollfd){.fd = signal_fd, .events = POLLIN};
        keeper_prepare(keeper, polls);
        if (poll(polls, KEEPER_POLLS + 1, clock_poll_ms(now, next)) < 0)
            return fail("poll failed", -errno);
        keeper_handle(keeper, polls);
        struct signals signals = signals_read(signal_fd);
        if (signals.child)
            reap(children);
        if (signals.forward)
            child_signal(&children->child, signals.forward);
        if (signals.stop) {
            terminating = true;
            on_stop(children);
        }
    }
}

int keep_run(const struct args *args)
{
    static sigset_t signals_before;
    int signal_fd = signals_open(&signals_before);
    int error;

    if (signal_fd < 0)
        return fail("signals not readable", signal_fd);
    error = keeper_start(&the_keeper, args->keeper, &args->allowed);
    if (error)
        return fail("keeper's socket not opened", error);
    children_init(&the_children, args->command, false, &signals_before);
    children_want(&the_children);
    log_info("keeper ready");
    return serve(&the_keeper, &the_children, signal_fd);
}
