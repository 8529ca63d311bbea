/* When a launcher without a child starts one although nobody told it to: the active slot's launcher is away,
 * with its child, and the agent does not act. A decision only; slot_stand_in.c looks and acts. */
#ifndef BATON_STAND_IN_H
#define BATON_STAND_IN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stand_in_view {
    bool terminating;
    int not_executed;             /* starts in a row in which the program could not be executed */
    size_t held;                  /* listeners: without any there is nothing to serve */
    int64_t active_away_since_ms; /* CLOCK_NEVER: it is there, or none but this slot is active */
    int64_t keeper_away_since_ms; /* CLOCK_NEVER: it is there */
};

/* The moment to start, unless what is seen changes before; CLOCK_NEVER: none. */
int64_t stand_in_at_ms(const struct stand_in_view *view);
/* Whether standing in is given up for good. */
bool stand_in_is_hopeless(int not_executed);

#endif
