#include "slot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "run_directory.h"
#include "seccomp.h"
#include "signals.h"
#include "slot_commands.h"

enum {
    GIVE_UP_GRACE_MS = 5000,
    SOCKET_PATH_SIZE = 108, /* of struct sockaddr_un */
    POLL_SIGNALS = 0,
    POLL_CHILD,
    POLL_KEEPER,
    POLL_CONTROL,
    POLLS = POLL_CONTROL + CONTROL_POLLS,
};

/* Static: nothing is allocated after the start, and pages that are never used cost nothing. */
static struct slot the_slot;

static int fail(const char *what, int error)
{
    log_error(what, TEXT("error", strerror(-error)));
    return 1;
}

/* SIGTERM is the runtime's wish, not the agent's: the pod goes, or somebody patched the active
 * slot's image. A child that serves goes on until the agent has drained it and says stop. */
static void terminate(struct slot *slot, int64_t now)
{
    if (slot->terminating)
        return;
    slot->terminating = true;
    slot->give_up_at_ms = now + slot->args->grace_ms;
    log_info("asked to terminate", NUMBER("pid", slot->child.pid),
             NUMBER("graceMs", slot->args->grace_ms));
    if (!slot->child.pid)
        slot->child.want = false;
    slot_push_terminating(slot);
}

static void give_up_waiting(struct slot *slot, int64_t now)
{
    if (!slot->terminating || !slot->child.want || now < slot->give_up_at_ms)
        return;
    log_warn("nobody said stop within the grace period");
    child_stop(&slot->child, now, GIVE_UP_GRACE_MS);
}

static bool may_go(const struct slot *slot)
{
    return slot->terminating && !slot->child.pid && !slot->child.want;
}

static void tell_waiting(struct slot *slot, bool may_start)
{
    bool waiting = slot->child.want && !slot->child.pid && !may_start;

    if (waiting && !slot->waiting)
        log_info("child waits for the keeper");
    slot->waiting = waiting;
}

/* A child that found neither keeper nor copies would be refused its binds: it is not started. */
static int64_t tick(struct slot *slot, int64_t now)
{
    int64_t next = keeper_link_tick(&slot->link, now);
    bool may_start = keeper_link_is_usable(&slot->link);

    give_up_waiting(slot, now);
    tell_waiting(slot, may_start);
    if (child_tick(&slot->child, now, may_start))
        slot_push_started(slot);
    next = clock_earlier(next, child_next_ms(&slot->child, may_start));
    if (slot->terminating && slot->child.want)
        next = clock_earlier(next, slot->give_up_at_ms);
    return next;
}

static void on_signals(struct slot *slot, int fd)
{
    struct signals signals = signals_read(fd);
    int64_t now = clock_now_ms();

    if (signals.child && child_reap(&slot->child, now)) {
        listeners_forget_child(&slot->listeners);
        slot_push_exited(slot);
    }
    if (signals.forward)
        child_signal(&slot->child, signals.forward);
    if (signals.stop)
        terminate(slot, now);
}

static void on_notification(struct slot *slot, short events)
{
    struct address address;

    if (!(events & POLLIN)) { /* no process has the filter any more */
        close(slot->child.notifications);
        slot->child.notifications = -1;
        return;
    }
    switch (adopt_next(&slot->adopt, slot->child.notifications, &address)) {
    case ADOPT_BOUND:
        slot_push_address(slot, "bound", &address);
        return;
    case ADOPT_LISTENING:
        slot_push_address(slot, "listening", &address);
        return;
    case ADOPT_NOTHING:
        return;
    }
}

static int serve(struct slot *slot, int signal_fd)
{
    struct pollfd polls[POLLS];

    for (;;) {
        int64_t now = clock_now_ms();
        int64_t next = tick(slot, now);
        if (may_go(slot)) {
            log_info("launcher ends");
            return 0;
        }
        polls[POLL_SIGNALS] = (struct pollfd){.fd = signal_fd, .events = POLLIN};
        polls[POLL_CHILD] = (struct pollfd){.fd = slot->child.notifications, .events = POLLIN};
        polls[POLL_KEEPER] = (struct pollfd){.fd = slot->link.fd, .events = POLLIN};
        control_prepare(&slot->control, polls + POLL_CONTROL);
        if (poll(polls, POLLS, clock_poll_ms(clock_now_ms(), next)) < 0)
            return fail("poll failed", -errno);
        /* The child's calls first: it waits in them. Before the signals, so that the descriptor is
         * still the one that was polled. */
        if (polls[POLL_CHILD].revents)
            on_notification(slot, polls[POLL_CHILD].revents);
        if (polls[POLL_KEEPER].revents && slot->link.fd == polls[POLL_KEEPER].fd)
            keeper_link_readable(&slot->link);
        control_handle(&slot->control, polls + POLL_CONTROL);
        if (polls[POLL_SIGNALS].revents)
            on_signals(slot, signal_fd);
    }
}

static int open_control(struct slot *slot)
{
    char path[SOCKET_PATH_SIZE];
    const struct args *args = slot->args;
    int error = run_directory_path(path, sizeof path, args->directory, args->slot, ".sock");

    slot->control.answer = slot_answer;
    slot->control.context = slot;
    return error ? error : control_start(&slot->control, path, &args->allowed);
}

int slot_run(const struct args *args)
{
    static sigset_t signals_before;
    struct slot *slot = &the_slot;
    int signal_fd = signals_open(&signals_before);
    int error;

    log_name(args->slot);
    if (signal_fd < 0)
        return fail("signals not readable", signal_fd);
    if (setenv("BATON_SLOT", args->slot, 1))
        return fail("environment not set", -errno);
    slot->args = args;
    error = run_directory_make(args->directory);
    if (error)
        return fail("run directory not usable", error);
    slot->boot = run_directory_boot(args->directory, args->slot);
    if (slot->boot < 0)
        return fail("boot not counted", (int)slot->boot);
    child_init(&slot->child, args->command, seccomp_available(), &signals_before);
    keeper_link_start(&slot->link, args->keeper, &slot->listeners);
    slot->adopt.link = &slot->link;
    slot->adopt.private_ports = &args->private_ports;
    error = open_control(slot);
    if (error)
        return fail("control socket not opened", error);
    log_info("launcher ready", NUMBER("boot", slot->boot), NUMBER("uid", geteuid()));
    if (run_directory_is_active(args->directory, args->slot)) {
        log_info("this slot is the active one and starts by itself");
        child_want(&slot->child);
    }
    return serve(slot, signal_fd);
}
