/* The copies of held listeners that this launcher has: one socket per address. With one per
 * worker, a new version with fewer workers leaves a queue that nobody reads (6,065 of 38,882
 * requests hung). */
#ifndef BATON_LISTENERS_H
#define BATON_LISTENERS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"

enum { LISTENERS_MAX = 512 };

struct listener {
    struct address address;
    int fd;
    uint64_t inode;
    bool bound;     /* by the child that runs now */
    bool listening; /* it has called listen(2) as well */
};

struct listeners {
    size_t count;
    struct listener entry[LISTENERS_MAX]; /* in the order they came */
};

struct listener *listeners_find(struct listeners *listeners, const struct address *address);
struct listener *listeners_find_inode(struct listeners *listeners, uint64_t inode);
/* Takes fd over in any case and replaces an older copy of the address. NULL, and fd closed, when
 * the table is full or fd is not a TCP socket bound to the address. */
struct listener *listeners_put(struct listeners *listeners, const struct address *address, int fd);
void listeners_remove(struct listeners *listeners, const struct address *address);
/* The child is gone: nobody is bound and nobody listens. */
void listeners_forget_child(struct listeners *listeners);

#endif
