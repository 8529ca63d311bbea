/* Whether the launcher of the active slot, if that is another, is there. A connection to its
 * control socket stands idle and ends with it: nothing is asked again and again. */
#ifndef BATON_ACTIVE_WATCH_H
#define BATON_ACTIVE_WATCH_H
#include <stdbool.h>
#include <stdint.h>

#include "slot_name.h"

struct active_watch {
    const char *directory;
    const char *slot;             /* our own */
    char name[SLOT_NAME_MAX + 1]; /* of the other one that is active; empty: none */
    int fd;                       /* connection to its launcher, or -1 */
    int64_t away_since_ms;        /* its socket refuses or is not there; CLOCK_NEVER: it is there */
    int64_t look_at_ms;
};

void active_watch_start(struct active_watch *watch, const char *directory, const char *slot);
/* Looks when it is time to. The moment to call again. */
int64_t active_watch_tick(struct active_watch *watch, int64_t now);
/* A slot that has a child of its own does not watch. */
void active_watch_pause(struct active_watch *watch);
/* The other launcher has closed the connection, or said why it refuses us. */
void active_watch_readable(struct active_watch *watch);

#endif
