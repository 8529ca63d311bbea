/* Text in a fixed buffer: what does not fit is marked, never written past the end. */
#ifndef BATON_TEXT_H
#define BATON_TEXT_H
#include <stdbool.h>
#include <stddef.h>

struct text {
    char *at;
    size_t size;
    size_t length;
    bool overflow;
};

struct text text_in(char *buffer, size_t size);
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds a JSON string with its quotes. Bytes outside printable ASCII become \u00XX: what a peer
 * sent is quoted back to it, and must not break the line or the JSON. */
void text_add_quoted(struct text *text, const char *value);

#endif
