/* The control commands `exec` and `executed`. */
#ifndef BATON_SLOT_EXEC_H
#define BATON_SLOT_EXEC_H
#include "slot.h"
#include "text.h"

/* TIMEOUT_MS ARG [ARG...], each ARG percent-encoded; a lone '%' is the empty one. */
void slot_answer_exec(struct slot *slot, char *parameter, struct text *answer);
/* ID */
void slot_answer_executed(struct slot *slot, char *parameter, struct text *answer);

#endif
