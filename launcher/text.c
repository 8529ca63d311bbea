#include "text.h"

#include <stdarg.h>
#include <stdio.h>

struct text text_in(char *buffer, size_t size)
{
    struct text text = {.at = buffer, .size = size};
    buffer[0] = '\0';
    return text;
}

void text_add(struct text *text, const char *format, ...)
{
    va_list arguments;
    size_t room = text->size - text->length;
    int wanted;

    if (text->overflow)
        return;
    va_start(arguments, format);
    wanted = vsnprintf(text->at + text->length, room, format, arguments);
    va_end(arguments);
    if (wanted < 0 || (size_t)wanted >= room) {
        text->at[text->length] = '\0';
        text->overflow = true;
        return;
    }
    text->length += (size_t)wanted;
}

void text_add_quoted(struct text *text, const char *value)
{
    text_add(text, "\"");
    for (const unsigned char *byte = (const unsigned char *)value; *byte; byte++) {
        if (*byte == '"' || *byte == '\\')
            text_add(text, "\\%c", *byte);
        else if (*byte < 0x20 || *byte > 0x7e)
            text_add(text, "\\u%04x", *byte);
        else
            text_add(text, "%c", *byte);
    }
    text_add(text, "\"");
}
