/* `launcher run`: PID 1 of a slot. */
#ifndef BATON_SLOT_H
#define BATON_SLOT_H
#include <stdbool.h>
#include <stdint.h>

#include "adopt.h"
#include "args.h"
#include "child.h"
#include "control.h"
#include "keeper_link.h"
#include "listeners.h"

struct slot {
    const struct args *args;
    long boot;
    bool terminating;
    bool waiting; /* for the keeper, with a child that is wanted */
    int64_t give_up_at_ms; /* terminating: when to go without having been told "stop" */
    struct child child;
    struct listeners listeners;
    struct keeper_link link;
    struct adopt adopt;
    struct control control;
};

/* Exit code of the launcher. */
int slot_run(const struct args *args);

#endif
