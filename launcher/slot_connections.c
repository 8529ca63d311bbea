#include "slot_connections.h"

#include <string.h>

#include "connections.h"
#include "log.h"

static void add_counts(struct text *answer, const struct listeners *listeners,
                       const struct connections_owner *owner)
{
    const char *comma = "";
    char address[ADDRESS_TEXT];

    text_add(answer, "{");
    for (size_t i = 0; i < CONNECTIONS_PLACES; i++) {
        if (!owner->count[i])
            continue;
        text_add(answer, "%s\"%s\":%u", comma,
                 address_format(connections_place(listeners, i), address), owner->count[i]);
        comma = ",";
    }
    text_add(answer, "}");
}

void slot_answer_connections(struct slot *slot, char *parameter, struct text *answer)
{
    static struct connections connections;
    const pid_t owners[CONNECTIONS_OWNERS] = {slot->children.child.pid, slot->children.aside.pid};
    int error = connections_count(&connections, &slot->listeners, owners);

    (void)parameter;
    if (error) {
        text_add(answer, "{\"ok\":false,\"error\":\"connections cannot be counted: %s\"}\n",
                 strerror(-error));
        return;
    }
    text_add(answer, "{\"ok\":true,\"v\":1,\"connections\":");
    add_counts(answer, &slot->listeners, &connections.owner[0]);
    text_add(answer, ",\"aside\":");
    if (owners[1])
        add_counts(answer, &slot->listeners, &connections.owner[1]);
    else
        text_add(answer, "null");
    text_add(answer, ",\"complete\":%s}\n", connections.complete ? "true" : "false");
}
