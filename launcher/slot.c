#include "slot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "run_directory.h"
#include "seccomp.h"
#include "signals.h"
#include "slot_commands.h"
#include "slot_events.h"
#include "slot_stand_in.h"

enum {
    GIVE_UP_GRACE_MS = 5000,
    INSTANCE_SIZE = SLOT_NAME_MAX + sizeof "-b",
    POLL_SIGNALS = 0,
    POLL_CHILD,
    POLL_ASIDE,
    POLL_LEFTOVERS,
    POLL_LEFTOVERS_LAST = POLL_LEFTOVERS + LEFTOVERS_MAX - 1,
    POLL_KEEPER,
    POLL_ACTIVE,
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
    log_info("asked to terminate", NUMBER("pid", slot->children.child.pid),
             NUMBER("aside", slot->children.aside.pid), NUMBER("graceMs", slot->args->grace_ms));
    if (!slot->children.child.pid)
        slot->children.want = false;
    slot_push_terminating(slot);
}

/* The runtime's SIGKILL is near: also for a child that was given more time to drain, by an agent
 * that may be gone. */
static void give_up_waiting(struct slot *slot, int64_t now)
{
    if (!slot->terminating || now < slot->give_up_at_ms)
        return;
    log_warn("grace period is over, whoever still serves is stopped");
    slot->give_up_at_ms = CLOCK_NEVER;
    children_stop(&slot->children, now, GIVE_UP_GRACE_MS, SIGTERM);
    child_stop(&slot->children.aside, now, GIVE_UP_GRACE_MS, SIGTERM);
}

static bool may_go(const struct slot *slot)
{
    const struct children *children = &slot->children;

    return slot->terminating && !children->child.pid && !children->aside.pid && !children->want;
}

static void tell_waiting(struct slot *slot, bool may_start)
{
    bool waiting = slot->children.want && !slot->children.child.pid && !may_start;

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
    next = clock_earlier(next, boot_tick(&slot->boot, now));
    next = clock_earlier(next, control_tick(&slot->control, now));
    next = clock_earlier(next, slot_stand_in_tick(slot, now));
    next = clock_earlier(next, execs_tick(&slot->execs, now));
    tell_waiting(slot, may_start);
    if (children_tick(&slot->children, now, may_start))
        slot_push_started(slot);
    next = clock_earlier(next, children_next_ms(&slot->children, may_start));
    if (slot->terminating)
        next = clock_earlier(next, slot->give_up_at_ms);
    return next;
}

static void on_end(struct slot *slot, pid_t pid, int status, int64_t now)
{
    const struct child was =
        pid == slot->children.aside.pid ? slot->children.aside : slot->children.child;

    switch (children_ended(&slot->children, pid, status, now)) {
    case ENDED_OTHER:
        slot_push_executed(slot, execs_ended(&slot->execs, pid, status));
        return;
    case ENDED_CHILD:
        slot_push_exited(slot, &slot->children.last_exit, false);
        break;
    case ENDED_ASIDE:
        slot_push_exited(slot, &slot->children.last_aside, true);
        break;
    }
    leftovers_add(&slot->leftovers, was.notifications);
    listeners_forget(&slot->listeners, was.side);
    unheld_forget(&slot->unheld, was.side);
}

/* All processes that have ended, orphans as well. */
static void reap(struct slot *slot, int64_t now)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        on_end(slot, pid, status, now);
}

static void on_signals(struct slot *slot, int fd)
{
    struct signals signals = signals_read(fd);
    int64_t now = clock_now_ms();

    if (signals.child)
        reap(slot, now);
    if (signals.forward)
        child_signal(&slot->children.child, signals.forward);
    if (signals.stop)
        terminate(slot, now);
}

static void on_notification(struct slot *slot, struct child *child, short events)
{
    enum adopt_event event;
    struct address address;

    if (!(events & POLLIN)) { /* no process has the filter any more */
        close(child->notifications);
        child->notifications = -1;
        return;
    }
    event = adopt_next(&slot->adopt, child->notifications, child->side, &address);
    if (event == ADOPT_EXITING) {
        ending_exit(&child->ending, child->pid, child->listeners, slot->adopt.exiting.pid);
        seccomp_continue(child->notifications, slot->adopt.exiting.id);
        return;
    }
    /* Events are the child's: what one set aside still binds is nobody's concern. */
    if (event != ADOPT_NOTHING && child == &slot->children.child)
        slot_push_address(slot, event == ADOPT_BOUND ? "bound" : "listening", &address);
}

static int serve(struct slot *slot, int signal_fd)
{
    struct children *children = &slot->children;
    struct pollfd polls[POLLS];

    for (;;) {
        int64_t now = clock_now_ms();
        int64_t next = tick(slot, now);
        if (may_go(slot)) {
            log_info("launcher ends");
            return 0;
        }
        polls[POLL_SIGNALS] = (struct pollfd){.fd = signal_fd, .events = POLLIN};
        polls[POLL_CHILD] = (struct pollfd){.fd = children->child.notifications, .events = POLLIN};
        polls[POLL_ASIDE] = (struct pollfd){.fd = children->aside.notifications, .events = POLLIN};
        polls[POLL_KEEPER] = (struct pollfd){.fd = slot->link.fd, .events = POLLIN};
        polls[POLL_ACTIVE] = (struct pollfd){.fd = slot->active.fd, .events = POLLIN};
        leftovers_prepare(&slot->leftovers, polls + POLL_LEFTOVERS);
        control_prepare(&slot->control, polls + POLL_CONTROL);
        if (poll(polls, POLLS, clock_poll_ms(clock_now_ms(), next)) < 0)
            return fail("poll failed", -errno);
        /* The children's calls first: they wait in them. Before commands and signals, so that the
         * descriptors are still those that were polled. */
        if (polls[POLL_CHILD].revents)
            on_notification(slot, &children->child, polls[POLL_CHILD].revents);
        if (polls[POLL_ASIDE].revents)
            on_notification(slot, &children->aside, polls[POLL_ASIDE].revents);
        leftovers_handle(&slot->leftovers, polls + POLL_LEFTOVERS);
        if (polls[POLL_KEEPER].revents && slot->link.fd == polls[POLL_KEEPER].fd)
            keeper_link_readable(&slot->link);
        if (polls[POLL_ACTIVE].revents)
            active_watch_readable(&slot->active);
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

/* "NAME" and "NAME-b", unique among the processes of the pod. */
static void name_instances(struct children *children, const char *slot)
{
    static char second[INSTANCE_SIZE];

    snprintf(second, sizeof second, "%s-b", slot);
    children->program.instance[0] = slot;
    children->program.instance[1] = second;
}

int slot_run(const struct args *args)
{
    static sigset_t signals_before;
    struct slot *slot = &the_slot;
    char active[SLOT_NAME_MAX + 1];
    int signal_fd = signals_open(&signals_before);
    int error;

    log_name(args->slot);
    if (signal_fd < 0)
        return fail("signals not readable", signal_fd);
    if (setenv("BATON_SLOT", args->slot, 1))
        return fail("environment not set", -errno);
    slot->args = args;
    boot_count(&slot->boot, args->directory, args->slot);
    children_init(&slot->children, args->command, seccomp_available(), &signals_before);
    name_instances(&slot->children, args->slot);
    leftovers_clear(&slot->leftovers);
    slot->children.child.listeners = slot->children.aside.listeners = &slot->listeners;
    keeper_link_start(&slot->link, args->keeper, &slot->listeners);
    slot->adopt.link = &slot->link;
    slot->adopt.private_ports = &args->private_ports;
    slot->adopt.unheld = &slot->unheld;
    error = open_control(slot);
    if (error)
        return fail("control socket not opened", error);
    log_info("launcher ready", NUMBER("boot", slot->boot.number), NUMBER("uid", geteuid()));
    active_watch_start(&slot->active, args->directory, args->slot);
    if (run_directory_active(args->directory, active) && !strcmp(active, args->slot)) {
        log_info("this slot is the active one and starts by itself");
        children_want(&slot->children);
    }
    return serve(slot, signal_fd);
}
