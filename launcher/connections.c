#include "connections.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "family.h"
#include "numbered.h"
#include "tcp_sockets.h"

enum {
    SLOTS_BITS = 17,
    SLOTS = 1 << SLOTS_BITS,
    SOCKETS_MAX = SLOTS / 4 * 3, /* 98,304; a table fuller than that is slow to search */
    PAGE = 4096,
};

struct entry {
    uint32_t inode; /* 0: free */
    uint16_t place; /* index into connections_owner.count */
    bool claimed;
};

/* Apart from everything else, so that the pages can be given back after each count: a slot that
 * waits must not pay for a megabyte it has used once. All zero whenever nothing is counted. */
static struct {
    _Alignas(PAGE) struct entry entry[SLOTS];
    struct family family;
} work;

struct count {
    const struct listeners *listeners;
    size_t sockets;
    bool full;
};

/* Inodes of sockets are given out in sequence: multiplied, they are spread. */
static struct entry *find(uint32_t inode)
{
    uint32_t at = (inode * 2654435769U) >> (32 - SLOTS_BITS);

    while (work.entry[at].inode && work.entry[at].inode != inode)
        at = (at + 1) % SLOTS;
    return &work.entry[at];
}

/* How well a listener's address fits a connection's: 2 the very same, 1 all addresses, 0 not. */
static int fit(const struct address *listener, const struct address *local)
{
    static const uint8_t any[sizeof listener->ip];

    if (listener->port != local->port || listener->family != local->family)
        return 0;
    if (address_equal(listener, local))
        return 2;
    return !memcmp(listener->ip, any, sizeof any);
}

/* Index into connections_owner.count, or -1: not from a held listener. */
static int place_of(const struct listeners *listeners, const struct address *local)
{
    size_t formers = listeners->formers < LISTENERS_FORMER_MAX ? listeners->formers
                                                               : LISTENERS_FORMER_MAX;
    int place = -1;
    int best = 0;

    for (size_t i = 0; i < listeners->count && best < 2; i++) {
        int now = fit(&listeners->entry[i].address, local);
        if (now <= best)
            continue;
        best = now;
        place = (int)i;
    }
    for (size_t i = 0; i < formers && !best; i++) {
        best = fit(&listeners->former[i], local);
        if (best)
            place = (int)(LISTENERS_MAX + i);
    }
    return place;
}

static void put(void *context, const struct tcp_socket *socket)
{
    struct count *count = context;
    struct entry *entry;
    int place;

    if (!socket->inode)
        return; /* waits in an accept queue: it goes to whoever accepts it */
    place = place_of(count->listeners, &socket->local);
    if (place < 0)
        return;
    if (count->sockets == SOCKETS_MAX) {
        count->full = true;
        return;
    }
    entry = find(socket->inode);
    if (!entry->inode)
        count->sockets++;
    *entry = (struct entry){.inode = socket->inode, .place = (uint16_t)place};
}

/* Counts the connections of which the process has a descriptor (by 1), or takes them back (by -1);
 * what several processes share is counted once. False: it could not be read. */
static bool claim(struct connections_owner *owner, pid_t pid, int by)
{
    static const char prefix[] = "socket:[";
    struct numbered descriptors;
    const char *name;
    char text[64];
    int error;

    snprintf(text, sizeof text, "/proc/%d/fd", pid);
    error = numbered_open(&descriptors, text);
    if (error)
        return error == -ENOENT || error == -ESRCH; /* it has ended */
    while ((name = numbered_next(&descriptors))) {
        ssize_t length = readlinkat(descriptors.fd, name, text, sizeof text - 1);
        struct entry *entry;
        if (length < (ssize_t)sizeof prefix || memcmp(text, prefix, sizeof prefix - 1))
            continue;
        text[length] = '\0';
        entry = find((uint32_t)strtoul(text + sizeof prefix - 1, NULL, 10));
        if (!entry->inode || entry->claimed == (by > 0))
            continue;
        entry->claimed = by > 0;
        owner->count[entry->place] += (uint32_t)by;
        owner->total += by;
    }
    error = descriptors.error;
    numbered_close(&descriptors);
    return !error || error == -ENOENT || error == -ESRCH;
}

static bool claim_family(struct connections_owner *owner, pid_t root)
{
    bool complete = true;

    family_mark(&work.family, root);
    for (size_t i = 0; i < work.family.count; i++) {
        const struct family_process *process = &work.family.process[i];
        if (process->member && process->state != 'Z')
            complete &= claim(owner, process->pid, 1);
    }
    return complete;
}

/* The pages go back to the kernel and are zero when they are touched again. */
static void release(void)
{
    if (madvise(&work, sizeof work, MADV_DONTNEED))
        memset(&work, 0, sizeof work); /* pages larger than 4 KB */
}

const struct address *connections_place(const struct listeners *listeners, size_t place)
{
    return place < LISTENERS_MAX ? &listeners->entry[place].address
                                 : &listeners->former[place - LISTENERS_MAX];
}

int connections_count(struct connections *result, const struct listeners *listeners,
                      const pid_t owners[CONNECTIONS_OWNERS])
{
    struct count count = {.listeners = listeners};
    int error = tcp_sockets_each(put, &count);

    memset(result, 0, sizeof *result);
    result->complete = !error && !count.full;
    if (count.sockets > 0) {
        family_read(&work.family);
        result->complete &= work.family.complete;
        for (int i = 0; i < CONNECTIONS_OWNERS; i++)
            if (owners[i] > 0)
                result->complete &= claim_family(&result->owner[i], owners[i]);
    }
    release();
    return error;
}

long connections_only_of(const struct listeners *listeners, pid_t child, pid_t thread)
{
    static struct connections_owner owner;
    struct count count = {.listeners = listeners};
    bool complete = !tcp_sockets_each(put, &count) && !count.full;

    memset(&owner, 0, sizeof owner);
    if (complete && count.sockets > 0)
        complete = claim(&owner, thread, 1);
    if (owner.total > 0) {
        family_read(&work.family);
        family_mark(&work.family, child);
        complete &= work.family.complete;
    }
    for (size_t i = 0; owner.total > 0 && i < work.family.count; i++) {
        const struct family_process *process = &work.family.process[i];
        if (process->member && process->state != 'Z' && !family_has_thread(process->pid, thread))
            complete &= claim(&owner, process->pid, -1);
    }
    release();
    return complete ? owner.total : -1;
}
