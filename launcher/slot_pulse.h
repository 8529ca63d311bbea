/* The control command `pulse`: whether what runs in the slot does anything. */
#ifndef BATON_SLOT_PULSE_H
#define BATON_SLOT_PULSE_H
#include "slot.h"
#include "text.h"

void slot_answer_pulse(struct slot *slot, char *parameter, struct text *answer);

#endif
