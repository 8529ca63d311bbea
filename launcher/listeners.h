/* The copies of held listeners that this launcher has: one socket per address. With one per
 * worker, a new version with fewer workers leaves a queue that nobody reads (6,065 of 38,882
 * requests hung). */
#ifndef BATON_LISTENERS_H
#define BATON_LISTENERS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"
#include "side.h"

enum { LISTENERS_MAX = 512, LISTENERS_FORMER_MAX = 64 };

struct listener {
    struct address address;
    int fd;
    uint64_t inode;
    bool bound[SIDES];     /* by the process that runs on that side now */
    bool listening[SIDES]; /* it has called listen(2) as well */
};

struct listeners {
    size_t count;
    struct listener entry[LISTENERS_MAX]; /* in the order they came */
    /* Dropped ones, the oldest gives way: connections that came from there may still be open. */
    size_t formers;
    struct address former[LISTENERS_FORMER_MAX];
};

struct listener *listeners_find(struct listeners *listeners, const struct address *address);
struct listener *listeners_find_inode(struct listeners *listeners, uint64_t inode);
/* Takes fd over in any case and replaces an older copy of the address. NULL, and fd closed, when
 * the table is full or fd is not a TCP socket bound to the address. */
struct listener *listeners_put(struct listeners *listeners, const struct address *address, int fd);
void listeners_remove(struct listeners *listeners, const struct address *address);
/* The side's process is gone: it is bound to nothing and listens on nothing. */
void listeners_forget(struct listeners *listeners, int side);

#endif
