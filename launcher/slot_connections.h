/* The control command `connections`. */
#ifndef BATON_SLOT_CONNECTIONS_H
#define BATON_SLOT_CONNECTIONS_H
#include "slot.h"
#include "text.h"

void slot_answer_connections(struct slot *slot, char *parameter, struct text *answer);

#endif
