#include "slot_stand_in.h"

#include "clock.h"
#include "log.h"
#include "slot_events.h"
#include "stand_in.h"

static struct stand_in_view look(const struct slot *slot)
{
    return (struct stand_in_view){
        .terminating = slot->terminating,
        .not_executed = slot->children.not_executed,
        .held = slot->listeners.count,
        .active_away_since_ms = slot->active.away_since_ms,
        .keeper_away_since_ms = slot->link.fd < 0 ? slot->link.away_since_ms : CLOCK_NEVER,
    };
}

static void begin(struct slot *slot, int64_t now)
{
    log_warn("active slot is away and nobody acts: this slot stands in",
             TEXT("active", slot->active.name),
             NUMBER("awayMs", now - slot->active.away_since_ms),
             NUMBER("keeper", slot->link.fd >= 0));
    children_want(&slot->children);
    slot->stands_in = true;
    slot_push_stand_in(slot);
}

/* Somebody who knows may still say `start`. */
static void give_up(struct slot *slot)
{
    log_error("this slot cannot stand in, its program cannot be executed",
              NUMBER("attempts", slot->children.not_executed));
    children_stop(&slot->children, clock_now_ms(), 0, SIGTERM);
    slot->stands_in = false;
}

int64_t slot_stand_in_tick(struct slot *slot, int64_t now)
{
    struct stand_in_view view;
    int64_t at;
    int64_t next;

    if (slot->stands_in && !slot->children.child.pid &&
        stand_in_is_hopeless(slot->children.not_executed))
        give_up(slot);
    if (slot->terminating || slot->children.want || slot->children.child.pid) {
        active_watch_pause(&slot->active);
        return CLOCK_NEVER;
    }
    next = active_watch_tick(&slot->active, now);
    view = look(slot);
    at = stand_in_at_ms(&view);
    if (now < at)
        return clock_earlier(next, at);
    begin(slot, now);
    return now;
}
