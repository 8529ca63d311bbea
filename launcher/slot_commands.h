/* The commands of a slot's control socket, and the events it pushes. */
#ifndef BATON_SLOT_COMMANDS_H
#define BATON_SLOT_COMMANDS_H
#include <stdbool.h>

#include "slot.h"
#include "text.h"

/* For struct control: context is the slot. */
void slot_answer(void *slot, char *line, struct text *answer, bool *watch);

void slot_push_started(struct slot *slot);
void slot_push_exited(struct slot *slot);
void slot_push_terminating(struct slot *slot);
void slot_push_address(struct slot *slot, const char *event, const struct address *address);

#endif
