#include "listeners.h"

#include <string.h>
#include <unistd.h>

#include "log.h"
#include "tcp.h"

struct listener *listeners_find(struct listeners *listeners, const struct address *address)
{
    for (size_t i = 0; i < listeners->count; i++)
        if (address_equal(&listeners->entry[i].address, address))
            return &listeners->entry[i];
    return NULL;
}

struct listener *listeners_find_inode(struct listeners *listeners, uint64_t inode)
{
    for (size_t i = 0; i < listeners->count; i++)
        if (listeners->entry[i].inode == inode)
            return &listeners->entry[i];
    return NULL;
}

struct listener *listeners_put(struct listeners *listeners, const struct address *address, int fd)
{
    struct listener *listener = listeners_find(listeners, address);
    uint64_t inode = tcp_inode(fd);
    char text[ADDRESS_TEXT];

    if (!inode || !tcp_is_bound_to(fd, address)) {
        log_error("refused a socket that is not what it was said to be",
                  TEXT("address", address_format(address, text)));
        close(fd);
        return NULL;
    }
    if (listener && listener->inode == inode) {
        close(fd);
        return listener;
    }
    if (listener) {
        close(listener->fd);
    } else if (listeners->count == LISTENERS_MAX) {
        log_error("table of listeners is full", TEXT("address", address_format(address, text)),
                  NUMBER("limit", LISTENERS_MAX));
        close(fd);
        return NULL;
    } else {
        listener = &listeners->entry[listeners->count++];
    }
    *listener = (struct listener){.address = *address, .fd = fd, .inode = inode};
    return listener;
}

void listeners_remove(struct listeners *listeners, const struct address *address)
{
    struct listener *listener = listeners_find(listeners, address);
    size_t after;

    if (!listener)
        return;
    close(listener->fd); /* never shutdown(2): that would end it for all holders */
    listeners->former[listeners->formers++ % LISTENERS_FORMER_MAX] = listener->address;
    after = (size_t)(&listeners->entry[listeners->count] - (listener + 1));
    memmove(listener, listener + 1, after * sizeof *listener);
    listeners->count--;
}

void listeners_forget(struct listeners *listeners, int side)
{
    for (size_t i = 0; i < listeners->count; i++)
        listeners->entry[i].bound[side] = listeners->entry[i].listening[side] = false;
}
