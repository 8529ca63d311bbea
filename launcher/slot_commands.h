/* The commands of a slot's control socket. */
#ifndef BATON_SLOT_COMMANDS_H
#define BATON_SLOT_COMMANDS_H
#include <stdbool.h>

#include "slot.h"
#include "text.h"

/* For struct control: context is the slot. */
void slot_answer(void *slot, char *line, struct text *answer, bool *watch);

#endif
