#include "slot_commands.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "number.h"
#include "refusal.h"
#include "signals.h"
#include "slot_connections.h"
#include "slot_exec.h"
#include "slot_pulse.h"
#include "slot_status.h"
#include "tcp.h"

enum { STOP_GRACE_MS = 5000, STOP_GRACE_MAX_MS = 24 * 3600 * 1000 };

/* Parameter is NULL when the line has none. */
typedef void command(struct slot *slot, char *parameter, struct text *answer);

static void answer_status(struct slot *slot, char *parameter, struct text *answer)
{
    (void)parameter;
    slot_status_add(answer, slot);
}

static void answer_start(struct slot *slot, char *parameter, struct text *answer)
{
    if (slot->terminating && !slot->children.want) {
        refuse(answer, "the launcher is terminating", NULL);
        return;
    }
    slot->stands_in = false; /* from here on it is somebody's wish */
    children_want(&slot->children);
    answer_status(slot, parameter, answer);
}

/* "[GRACE_MS] [SIGNAL]". False, and refused, when it is something else. */
static bool parse_stop(char *parameter, struct text *answer, long *grace_ms, int *signal)
{
    char *name = parameter ? strchr(parameter, ' ') : NULL;

    *grace_ms = STOP_GRACE_MS;
    *signal = SIGTERM;
    if (name)
        *name++ = '\0';
    if (parameter && !number_parse(parameter, 0, STOP_GRACE_MAX_MS, grace_ms)) {
        refuse(answer, "stop wants milliseconds, not", parameter);
        return false;
    }
    if (name)
        *signal = signals_number(name);
    if (!*signal)
        refuse(answer, "unknown signal", name);
    return *signal;
}

static void answer_stop(struct slot *slot, char *parameter, struct text *answer)
{
    long grace_ms;
    int signal;

    if (!parse_stop(parameter, answer, &grace_ms, &signal))
        return;
    slot->stands_in = false;
    children_stop(&slot->children, clock_now_ms(), grace_ms, signal);
    answer_status(slot, parameter, answer);
}

static void answer_stop_aside(struct slot *slot, char *parameter, struct text *answer)
{
    long grace_ms;
    int signal;

    if (!parse_stop(parameter, answer, &grace_ms, &signal))
        return;
    child_stop(&slot->children.aside, clock_now_ms(), grace_ms, signal);
    answer_status(slot, parameter, answer);
}

/* Why the child cannot be replaced, or NULL. */
static const char *why_not_replaced(const struct slot *slot)
{
    const struct children *children = &slot->children;
    int other = (children->child.side + 1) % SIDES;

    if (slot->terminating)
        return "the launcher is terminating";
    if (!children->child.pid)
        return "no child to replace";
    if (children->aside.pid)
        return "one is set aside already";
    if (private_ports_lacking(&slot->args->private_ports, other))
        return "a private port is for one side only: --private FROM=TO,TO2";
    return NULL;
}

static void answer_replace(struct slot *slot, char *parameter, struct text *answer)
{
    const char *why_not = why_not_replaced(slot);

    if (why_not) {
        refuse(answer, why_not, NULL);
        return;
    }
    slot->stands_in = false;
    children_replace(&slot->children);
    answer_status(slot, parameter, answer);
}

static void answer_signal(struct slot *slot, char *parameter, struct text *answer)
{
    int number = parameter ? signals_number(parameter) : 0;

    if (!number)
        refuse(answer, "unknown signal", parameter ? parameter : "");
    else if (!child_signal(&slot->children.child, number))
        refuse(answer, "no child to signal", NULL);
    else
        answer_status(slot, parameter, answer);
}

static void answer_list(struct slot *slot, char *parameter, struct text *answer)
{
    const char *comma = "";
    char address[ADDRESS_TEXT];

    (void)parameter;
    text_add(answer, "{\"ok\":true,\"v\":1,\"held\":[");
    for (size_t i = 0; i < slot->listeners.count; i++) {
        const struct listener *listener = &slot->listeners.entry[i];
        unsigned waiting;
        unsigned limit;
        tcp_queue(listener->fd, &waiting, &limit);
        text_add(answer, "%s{\"address\":\"%s\",\"queue\":%u,\"backlog\":%u}", comma,
                 address_format(&listener->address, address), waiting, limit);
        comma = ",";
    }
    text_add(answer, "]}\n");
}

static void answer_drop(struct slot *slot, char *parameter, struct text *answer)
{
    struct address address;
    int error;

    if (!parameter || !address_parse(&address, parameter)) {
        refuse(answer, "drop wants an address like 0.0.0.0:80 or [::]:80, not",
               parameter ? parameter : "");
        return;
    }
    error = keeper_link_drop(&slot->link, &address);
    if (error == -ENOENT)
        refuse(answer, "not held", parameter);
    else if (error)
        refuse(answer, "keeper not reachable, nothing dropped", NULL);
    else
        text_add(answer, "{\"ok\":true,\"v\":1}\n");
}

static command *find_command(const char *name, bool *watch)
{
    static const struct {
        const char *name;
        command *run;
    } commands[] = {
        {"status", answer_status}, {"watch", answer_status},
        {"start", answer_start},   {"stop", answer_stop},
        {"replace", answer_replace}, {"stop-aside", answer_stop_aside},
        {"signal", answer_signal}, {"list", answer_list},
        {"drop", answer_drop},     {"connections", slot_answer_connections},
        {"exec", slot_answer_exec}, {"executed", slot_answer_executed},
        {"pulse", slot_answer_pulse},
    };

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name))
            continue;
        *watch |= !strcmp(name, "watch");
        return commands[i].run;
    }
    return NULL;
}

void slot_answer(void *context, char *line, struct text *answer, bool *watch)
{
    struct slot *slot = context;
    char *parameter;
    command *run;

    line[strcspn(line, "\r")] = '\0';
    parameter = strchr(line, ' ');
    if (parameter)
        *parameter++ = '\0';
    run = find_command(line, watch);
    if (run)
        run(slot, parameter, answer);
    else
        refuse(answer, "unknown command", line);
}
