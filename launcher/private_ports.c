#include "private_ports.h"

#include <string.h>

#include "number.h"

/* The number before the separator, or the whole text; *text goes on behind it, or is NULL. */
static bool take_port(const char **text, char separator, long *port)
{
    char digits[8] = "";
    const char *end = strchr(*text, separator);
    size_t length = end ? (size_t)(end - *text) : strlen(*text);

    if (length >= sizeof digits)
        return false;
    memcpy(digits, *text, length);
    *text = end ? end + 1 : NULL;
    return number_parse(digits, 1, UINT16_MAX, port);
}

const char *private_ports_add(struct private_ports *ports, const char *text)
{
    long from;
    long to[SIDES] = {0, 0};

    if (!take_port(&text, '=', &from) || !text || !take_port(&text, ',', &to[0]) ||
        (text && !number_parse(text, 1, UINT16_MAX, &to[1])))
        return "--private wants ports, FROM=TO or FROM=TO,TO2";
    /* Two processes with one port: the second could not start. */
    if (to[0] == to[1])
        return "--private wants another port for TO2 than for TO";
    if (ports->count == PRIVATE_PORTS_MAX)
        return "too many --private";
    ports->port[ports->count++] = (struct private_port){
        .from = (uint16_t)from,
        .to = {(uint16_t)to[0], (uint16_t)to[1]},
    };
    return NULL;
}

const struct private_port *private_ports_find(const struct private_ports *ports, uint16_t from)
{
    for (size_t i = 0; i < ports->count; i++)
        if (ports->port[i].from == from)
            return &ports->port[i];
    return NULL;
}

const struct private_port *private_ports_lacking(const struct private_ports *ports, int side)
{
    for (size_t i = 0; i < ports->count; i++)
        if (!ports->port[i].to[side])
            return &ports->port[i];
    return NULL;
}
