/* The events that a slot pushes to the peers that watch it. */
#ifndef BATON_SLOT_EVENTS_H
#define BATON_SLOT_EVENTS_H
#include <stdbool.h>

#include "slot.h"

void slot_push_started(struct slot *slot);
void slot_push_exited(struct slot *slot, const struct child_exit *end, bool aside);
/* NULL: an orphan, nothing to tell. */
void slot_push_executed(struct slot *slot, const struct exec *exec);
void slot_push_terminating(struct slot *slot);
void slot_push_stand_in(struct slot *slot);
void slot_push_address(struct slot *slot, const char *event, const struct address *address);

#endif
