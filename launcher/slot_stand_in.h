/* Looks whether this slot has to stand in for the active one, and does. */
#ifndef BATON_SLOT_STAND_IN_H
#define BATON_SLOT_STAND_IN_H
#include "slot.h"

/* The moment to call again, or CLOCK_NEVER. */
int64_t slot_stand_in_tick(struct slot *slot, int64_t now);

#endif
