#include "clock.h"

#include <limits.h>
#include <time.h>

int64_t clock_now_ms(void)
{
    struct timespec now = {0};

    clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int clock_poll_ms(int64_t now, int64_t deadline)
{
    if (deadline == CLOCK_NEVER)
        return -1;
    if (deadline <= now)
        return 0;
    return deadline - now > INT_MAX ? INT_MAX : (int)(deadline - now);
}

int64_t clock_earlier(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

int64_t clock_next_round(int64_t now, int64_t period)
{
    return now - now % period + period;
}
