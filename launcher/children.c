#include "children.h"

#include "clock.h"
#include "log.h"

enum {
    /* First restart at once: the listeners are held, clients wait in their queues. */
    BACKOFF_FIRST_MS = 50,
    BACKOFF_MAX_MS = 3200,
    LIVED_WELL_MS = 10 * 1000, /* longer than this, and the backoff begins anew */
};

void children_init(struct children *children, char **command, bool seccomp,
                   const sigset_t *signals)
{
    *children = (struct children){
        .program = {.command = command, .signals = signals, .filtered = seccomp},
        .seccomp = seccomp,
    };
    child_clear(&children->child);
    child_clear(&children->aside);
}

void children_want(struct children *children)
{
    children->want = true;
    children->backoff_ms = 0;
    children->start_at_ms = 0;
}

void children_stop(struct children *children, int64_t now, int64_t grace_ms, int signal)
{
    children->want = false;
    children->backoff_ms = 0;
    children->start_at_ms = 0;
    child_stop(&children->child, now, grace_ms, signal);
}

void children_replace(struct children *children)
{
    children->aside = children->child;
    child_clear(&children->child);
    children->child.side = (children->aside.side + 1) % SIDES;
    log_info("child set aside", NUMBER("pid", children->aside.pid),
             NUMBER("side", children->aside.side));
    children_want(children);
}

static bool start(struct children *children, int64_t now)
{
    struct child *child = &children->child;

    children->start_at_ms = now + BACKOFF_MAX_MS; /* only if what follows fails */
    if (!child_start(child, &children->program, now))
        return false;
    if (children->program.filtered)
        children->seccomp = child->notifications >= 0;
    children->starts++;
    children->start_at_ms = 0;
    log_info("child started", NUMBER("pid", child->pid),
             TEXT("program", children->program.command[0]), NUMBER("side", child->side),
             NUMBER("starts", children->starts));
    return true;
}

bool children_tick(struct children *children, int64_t now, bool may_start)
{
    child_kill_if_due(&children->child, now);
    child_kill_if_due(&children->aside, now);
    if (children->child.pid || !children->want || !may_start || now < children->start_at_ms)
        return false;
    return start(children, now);
}

int64_t children_next_ms(const struct children *children, bool may_start)
{
    int64_t next = clock_earlier(children->child.kill_at_ms, children->aside.kill_at_ms);

    if (children->want && may_start && !children->child.pid)
        next = clock_earlier(next, children->start_at_ms);
    return next;
}

static void count_crash(struct children *children, int64_t lived, int64_t now)
{
    children->crashes++;
    if (lived > LIVED_WELL_MS || !children->backoff_ms)
        children->backoff_ms = BACKOFF_FIRST_MS;
    else if (children->backoff_ms < BACKOFF_MAX_MS)
        children->backoff_ms *= 2;
    children->start_at_ms = now + children->backoff_ms;
}

static void log_end(const struct child *child, const struct child_exit *end,
                    const struct children *children, int64_t lived, bool aside)
{
    bool expected = child->told || aside;

    log_write(expected ? "info" : "warn", aside ? "child set aside ended" : "child ended",
              (const struct log_field[]){NUMBER("pid", child->pid),
                                         NUMBER("code", end->code),
                                         NUMBER("signal", end->signal),
                                         NUMBER("livedMs", lived),
                                         NUMBER("crashes", children->crashes),
                                         NUMBER("backoffMs", children->backoff_ms),
                                         {.name = 0}});
}

enum children_end children_ended(struct children *children, pid_t pid, int status, int64_t now)
{
    bool aside = pid == children->aside.pid;
    struct child *child = aside ? &children->aside : &children->child;
    struct child was = *child;
    int64_t lived = now - child->started_ms;
    struct child_exit end;

    if (pid != child->pid)
        return ENDED_OTHER;
    end = child_ended(child, status, now);
    if (!aside && !was.told)
        count_crash(children, lived, now);
    if (!aside)
        children->not_executed = end.code == CHILD_NOT_EXECUTED ? children->not_executed + 1 : 0;
    *(aside ? &children->last_aside : &children->last_exit) = end;
    log_end(&was, &end, children, lived, aside);
    return aside ? ENDED_ASIDE : ENDED_CHILD;
}
