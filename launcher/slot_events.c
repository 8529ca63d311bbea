#include "slot_events.h"

#include "slot_status.h"
#include "text.h"

enum { EVENT_SIZE = 256 };

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

    text_add(&line, "{\"event\":\"started\",\"pid\":%d", slot->children.child.pid);
    push(slot, &line);
}

void slot_push_exited(struct slot *slot, const struct child_exit *end, bool aside)
{
    char buffer[EVENT_SIZE];
    struct text line = text_in(buffer, sizeof buffer);

    text_add(&line, "{\"event\":\"exited\",");
    child_exit_add(&line, end);
    text_add(&line, ",\"crashes\":%ld,\"aside\":%s", slot->children.crashes,
             aside ? "true" : "false");
    push(slot, &line);
}

void slot_push_executed(struct slot *slot, const struct exec *exec)
{
    char buffer[EVENT_SIZE];
    struct text line = text_in(buffer, sizeof buffer);

    if (!exec)
        return;
    text_add(&line,
             "{\"event\":\"executed\",\"exec\":%ld,\"code\":%d,\"signal\":%d,\"timedOut\":%s",
             exec->id, exec->code, exec->signal, exec->timed_out ? "true" : "false");
    push(slot, &line);
}

static void push_name(struct slot *slot, const char *event)
{
    char buffer[EVENT_SIZE];
    struct text line = text_in(buffer, sizeof buffer);

    text_add(&line, "{\"event\":\"%s\"", event);
    push(slot, &line);
}

void slot_push_terminating(struct slot *slot)
{
    push_name(slot, "terminating");
}

void slot_push_stand_in(struct slot *slot)
{
    push_name(slot, "standIn");
}

void slot_push_address(struct slot *slot, const char *event, const struct address *address)
{
    char buffer[EVENT_SIZE];
    char text[ADDRESS_TEXT];
    struct text line = text_in(buffer, sizeof buffer);

    text_add(&line, "{\"event\":\"%s\",\"address\":\"%s\"", event, address_format(address, text));
    push(slot, &line);
}
