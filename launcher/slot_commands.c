#include "slot_commands.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "number.h"
#include "signals.h"
#include "tcp.h"

enum { STOP_GRACE_MS = 5000, STOP_GRACE_MAX_MS = 24 * 3600 * 1000, EVENT_SIZE = 256 };

/* Parameter is NULL when the line has none. */
typedef void command(struct slot *slot, const char *parameter, struct text *answer);

static void refuse(struct text *answer, const char *why, const char *value)
{
    char buffer[CONTROL_LINE_MAX + 64];
    struct text message = text_in(buffer, sizeof buffer);

    text_add(&message, "%s", why);
    if (value)
        text_add(&message, " '%s'", value);
    text_add(answer, "{\"ok\":false,\"error\":");
    text_add_quoted(answer, buffer);
    text_add(answer, "}\n");
}

static const char *boolean(bool value)
{
    return value ? "true" : "false";
}

static void add_exit(struct text *answer, const struct child *child)
{
    if (child->has_exited)
        text_add(answer, "\"lastExit\":{\"code\":%d,\"signal\":%d},", child->exit_code,
                 child->exit_signal);
    else
        text_add(answer, "\"lastExit\":null,");
}

static void add_listening(struct text *answer, const struct listeners *listeners)
{
    const char *comma = "";
    char address[ADDRESS_TEXT];

    text_add(answer, "\"listening\":[");
    for (size_t i = 0; i < listeners->count; i++) {
        const struct listener *listener = &listeners->entry[i];
        if (!listener->listening)
            continue;
        text_add(answer, "%s\"%s\"", comma, address_format(&listener->address, address));
        comma = ",";
    }
    text_add(answer, "],");
}

static void answer_status(struct slot *slot, const char *parameter, struct text *answer)
{
    const struct child *child = &slot->child;
    int64_t uptime = child->pid ? clock_now_ms() - child->started_ms : 0;

    (void)parameter;
    text_add(answer, "{\"ok\":true,\"v\":1,\"slot\":\"%s\",\"boot\":%ld,\"pid\":%d,\"want\":%s,",
             slot->args->slot, slot->boot, child->pid, boolean(child->want));
    text_add(answer, "\"terminating\":%s,\"starts\":%ld,\"crashes\":%ld,\"uptimeMs\":%lld,",
             boolean(slot->terminating), child->starts, child->crashes, (long long)uptime);
    add_exit(answer, child);
    add_listening(answer, &slot->listeners);
    text_add(answer, "\"held\":%zu,\"keeper\":%s,\"seccomp\":%s}\n", slot->listeners.count,
             boolean(slot->link.synced), boolean(child->seccomp));
}

static void answer_start(struct slot *slot, const char *parameter, struct text *answer)
{
    if (slot->terminating && !slot->child.want) {
        refuse(answer, "the launcher is terminating", NULL);
        return;
    }
    child_want(&slot->child);
    answer_status(slot, parameter, answer);
}

static void answer_stop(struct slot *slot, const char *parameter, struct text *answer)
{
    long grace_ms = STOP_GRACE_MS;

    if (parameter && !number_parse(parameter, 0, STOP_GRACE_MAX_MS, &grace_ms)) {
        refuse(answer, "stop wants milliseconds, not", parameter);
        return;
    }
    child_stop(&slot->child, clock_now_ms(), grace_ms);
    answer_status(slot, parameter, answer);
}

static void answer_signal(struct slot *slot, const char *parameter, struct text *answer)
{
    int number = parameter ? signals_number(parameter) : 0;

    if (!number)
        refuse(answer, "unknown signal", parameter ? parameter : "");
    else if (!child_signal(&slot->child, number))
        refuse(answer, "no child to signal", NULL);
    else
        answer_status(slot, parameter, answer);
}

static void answer_list(struct slot *slot, const char *parameter, struct text *answer)
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

static void answer_drop(struct slot *slot, const char *parameter, struct text *answer)
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
        {"status", answer_status}, {"start", answer_start}, {"stop", answer_stop},
        {"signal", answer_signal}, {"list", answer_list},   {"drop", answer_drop},
        {"watch", answer_status},
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

static void push(struct slot *slot, struct text *line)
{
    text_add(line, "}\n");
    if (!line->overflow)
        control_push(&slot->control, line);
}

void slot_push_started(struct slot *slot)
{
    char buffer[EVENT_SIZE];
    struct text line = text_in(buffer, sizeof buffer);

    text_add(&line, "{\"event\":\"started\",\"pid\":%d", slot->child.pid);
    push(slot, &line);
}

void slot_push_exited(struct slot *slot)
{
    char buffer[EVENT_SIZE];
    struct text line = text_in(buffer, sizeof buffer);

    text_add(&line, "{\"event\":\"exited\",\"code\":%d,\"signal\":%d,\"crashes\":%ld",
             slot->child.exit_code, slot->child.exit_signal, slot->child.crashes);
    push(slot, &line);
}

void slot_push_terminating(struct slot *slot)
{
    char buffer[EVENT_SIZE];
    struct text line = text_in(buffer, sizeof buffer);

    text_add(&line, "{\"event\":\"terminating\"");
    push(slot, &line);
}

void slot_push_address(struct slot *slot, const char *event, const struct address *address)
{
    char buffer[EVENT_SIZE];
    char text[ADDRESS_TEXT];
    struct text line = text_in(buffer, sizeof buffer);

    text_add(&line, "{\"event\":\"%s\",\"address\":\"%s\"", event, address_format(address, text));
    push(slot, &line);
}
