/* `launcher run`: PID 1 of a slot. */
#ifndef BATON_SLOT_H
#define BATON_SLOT_H
#include <stdbool.h>
#include <stdint.h>

#include "active_watch.h"
#include "adopt.h"
#include "args.h"
#include "boot.h"
#include "children.h"
#include "control.h"
#include "exec.h"
#include "keeper_link.h"
#include "leftovers.h"
#include "listeners.h"
#include "unheld.h"

struct slot {
    const struct args *args;
    struct boot boot;
    bool terminating;
    bool waiting; /* for the keeper, with a child that is wanted */
    int64_t give_up_at_ms; /* terminating: when to stop without having been told */
    bool stands_in; /* its child was started because the active slot was away */
    struct children children;
    struct execs execs;
    struct leftovers leftovers;
    struct active_watch active;
    struct listeners listeners;
    struct unheld unheld;
    struct keeper_link link;
    struct adopt adopt;
    struct control control;
};

/* Exit code of the launcher. */
int slot_run(const struct args *args);

#endif
