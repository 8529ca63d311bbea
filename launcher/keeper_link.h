/* A launcher's connection to the keeper: one socket for requests and for what the keeper pushes. */
#ifndef BATON_KEEPER_LINK_H
#define BATON_KEEPER_LINK_H
#include <stdbool.h>
#include <stdint.h>

#include "listeners.h"

struct keeper_link {
    const char *path; /* NULL: this launcher has no keeper */
    int fd;           /* -1: not connected */
    bool synced;      /* all that the keeper holds has arrived */
    int64_t away_since_ms; /* only while it is not connected */
    int64_t retry_at_ms;
    struct listeners *listeners;
};

void keeper_link_start(struct keeper_link *link, const char *path, struct listeners *listeners);
/* Connects when it is time to. The moment to call again, or CLOCK_NEVER. */
int64_t keeper_link_tick(struct keeper_link *link, int64_t now);
/* The keeper has sent something, or is gone. */
void keeper_link_readable(struct keeper_link *link);
/* Whether bind(2)s can be answered: with a keeper that has told all it holds, with copies of an
 * earlier one, or because there shall be no keeper. */
bool keeper_link_is_usable(const struct keeper_link *link);
/* The held listener for a socket that was just bound (fd is taken over): its own, or the one that
 * somebody else has registered before. NULL with *error = -errno. */
struct listener *keeper_link_register(struct keeper_link *link, const struct address *address,
                                      int fd, int *error);
/* Asks for a listener that another launcher may be registering right now. NULL: there is none. */
struct listener *keeper_link_get(struct keeper_link *link, const struct address *address);
/* Closes all copies in the pod. 0, -ENOENT, or -errno when the keeper cannot be reached. */
int keeper_link_drop(struct keeper_link *link, const struct address *address);

#endif
