#include "refusal.h"

#include "control.h"

void refuse(struct text *answer, const char *why, const char *value)
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
