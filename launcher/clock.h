#ifndef BATON_CLOCK_H
#define BATON_CLOCK_H
#include <stdint.h>

#define CLOCK_NEVER INT64_MAX

/* Milliseconds of the monotonic clock: all deadlines are counted in it. */
int64_t clock_now_ms(void);
/* What poll(2) is to wait for the deadline: -1 for CLOCK_NEVER, 0 when it is over. */
int clock_poll_ms(int64_t now, int64_t deadline);
int64_t clock_earlier(int64_t one, int64_t other);
/* The next multiple of the period: what recurs wakes the process together, not one by one. */
int64_t clock_next_round(int64_t now, int64_t period);

#endif
