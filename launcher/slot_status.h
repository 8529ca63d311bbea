/* What a slot tells about itself, as JSON. */
#ifndef BATON_SLOT_STATUS_H
#define BATON_SLOT_STATUS_H
#include "slot.h"
#include "text.h"

/* The answer to `status`, newline included. */
void slot_status_add(struct text *answer, const struct slot *slot);
/* The members of an end, without braces: "code":0,"signal":9,"connections":null */
void child_exit_add(struct text *answer, const struct child_exit *end);

#endif
