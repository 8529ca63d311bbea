#include "slot_status.h"

#include "clock.h"

static const char *boolean(bool value)
{
    return value ? "true" : "false";
}

static void add_count(struct text *answer, long count)
{
    if (count == CONNECTIONS_UNKNOWN)
        text_add(answer, "null");
    else
        text_add(answer, "%ld", count);
}

void child_exit_add(struct text *answer, const struct child_exit *end)
{
    text_add(answer, "\"code\":%d,\"signal\":%d,\"connections\":", end->code, end->signal);
    add_count(answer, end->connections);
}

static void add_end(struct text *answer, const char *name, const struct child_exit *end)
{
    text_add(answer, "\"%s\":", name);
    if (!end->any) {
        text_add(answer, "null,");
        return;
    }
    text_add(answer, "{");
    child_exit_add(answer, end);
    text_add(answer, ",\"atStop\":");
    add_count(answer, end->at_stop);
    text_add(answer, "},");
}

static void add_children(struct text *answer, const struct children *children)
{
    const struct child *child = &children->child;
    int64_t uptime = child->pid ? clock_now_ms() - child->started_ms : 0;

    text_add(answer, "\"pid\":%d,\"side\":%d,\"want\":%s,\"starts\":%ld,\"crashes\":%ld,",
             child->pid, child->side, boolean(children->want), children->starts,
             children->crashes);
    text_add(answer, "\"uptimeMs\":%lld,", (long long)uptime);
    add_end(answer, "lastExit", &children->last_exit);
    if (children->aside.pid)
        text_add(answer, "\"aside\":{\"pid\":%d,\"side\":%d},", children->aside.pid,
                 children->aside.side);
    else
        text_add(answer, "\"aside\":null,");
    add_end(answer, "lastAside", &children->last_aside);
}

static void add_listening(struct text *answer, const struct listeners *listeners, int side)
{
    const char *comma = "";
    char address[ADDRESS_TEXT];

    text_add(answer, "\"listening\":[");
    for (size_t i = 0; i < listeners->count; i++) {
        const struct listener *listener = &listeners->entry[i];
        if (!listener->listening[side])
            continue;
        text_add(answer, "%s\"%s\"", comma, address_format(&listener->address, address));
        comma = ",";
    }
    text_add(answer, "],");
}

static void add_unheld(struct text *answer, const struct unheld *unheld, int side)
{
    char address[ADDRESS_TEXT];

    text_add(answer, "\"unheld\":[");
    for (size_t i = 0; i < unheld->count[side]; i++)
        text_add(answer, "%s\"udp %s\"", i ? "," : "",
                 address_format(&unheld->udp[side][i], address));
    text_add(answer, "],");
}

void slot_status_add(struct text *answer, const struct slot *slot)
{
    const struct children *children = &slot->children;

    text_add(answer, "{\"ok\":true,\"v\":1,\"slot\":\"%s\",\"boot\":%ld,\"terminating\":%s,",
             slot->args->slot, slot->boot.number, boolean(slot->terminating));
    add_children(answer, children);
    add_listening(answer, &slot->listeners, children->child.side);
    add_unheld(answer, &slot->unheld, children->child.side);
    text_add(answer, "\"held\":%zu,\"keeper\":%s,\"seccomp\":%s,\"standIn\":%s}\n",
             slot->listeners.count, boolean(slot->link.synced), boolean(children->seccomp),
             boolean(slot->stands_in));
}
