#include "keep.h"

#include <errno.h>
#include <string.h>

#include "child.h"
#include "clock.h"
#include "keeper.h"
#include "log.h"
#include "signals.h"

enum { EXIT_SIGNALLED = 128, BEHIND_RETRY_MS = 100 };

/* Keeper and agent's program share one process and one loop: the keeper survives the agent's
 * program, and its own end is the container's, which the launchers' copies survive. */
static struct keeper the_keeper;
static struct child the_child;

static int fail(const char *what, int error)
{
    log_error(what, TEXT("error", strerror(-error)));
    return 1;
}

static int exit_code(const struct child *child)
{
    return child->exit_signal ? EXIT_SIGNALLED + child->exit_signal : child->exit_code;
}

/* The agent drains the pod after SIGTERM: it alone knows how long that takes, so there is no
 * deadline but the kubelet's. */
static void on_stop(struct child *child)
{
    child->want = false;
    child->stopping = true;
    child_signal(child, SIGTERM);
}

static int serve(struct keeper *keeper, struct child *child, int signal_fd)
{
    struct pollfd polls[KEEPER_POLLS + 1];
    bool terminating = false;

    for (;;) {
        child_tick(child, clock_now_ms(), true);
        if (terminating && !child->pid)
            return child->has_exited ? exit_code(child) : 0;
        int64_t now = clock_now_ms();
        int64_t next = child_next_ms(child, true);
        if (keeper_is_behind(keeper))
            next = clock_earlier(next, now + BEHIND_RETRY_MS);
        polls[KEEPER_POLLS] = (struct pollfd){.fd = signal_fd, .events = POLLIN};
        keeper_prepare(keeper, polls);
        if (poll(polls, KEEPER_POLLS + 1, clock_poll_ms(now, next)) < 0)
            return fail("poll failed", -errno);
        keeper_handle(keeper, polls);
        struct signals signals = signals_read(signal_fd);
        if (signals.child)
            child_reap(child, clock_now_ms());
        if (signals.forward)
            child_signal(child, signals.forward);
        if (signals.stop) {
            terminating = true;
            on_stop(child);
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
    child_init(&the_child, args->command, false, &signals_before);
    child_want(&the_child);
    log_info("keeper ready");
    return serve(&the_keeper, &the_child, signal_fd);
}
