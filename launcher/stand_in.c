#include "stand_in.h"

#include "clock.h"

enum {
    /* Agent's container and active slot are away together. An agent that is only restarted while
     * the active slot serves on is none of our business; a launcher that is replaced in place is
     * back sooner. With the start of a process clients wait well below a second. */
    ALONE_MS = 300,
    /* The agent's container is there: the agent, which knows more, has had its time. */
    AGENT_IDLE_MS = 1500,
    NOT_EXECUTED_MAX = 3,
};

static int64_t later(int64_t one, int64_t other)
{
    return one > other ? one : other;
}

int64_t stand_in_at_ms(const struct stand_in_view *view)
{
    const int64_t active = view->active_away_since_ms;
    const int64_t keeper = view->keeper_away_since_ms;

    if (view->terminating || !view->held || active == CLOCK_NEVER ||
        stand_in_is_hopeless(view->not_executed))
        return CLOCK_NEVER;
    if (keeper == CLOCK_NEVER)
        return active + AGENT_IDLE_MS;
    return clock_earlier(later(active, keeper) + ALONE_MS, active + AGENT_IDLE_MS);
}

bool stand_in_is_hopeless(int not_executed)
{
    return not_executed >= NOT_EXECUTED_MAX;
}
