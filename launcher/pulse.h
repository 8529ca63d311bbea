/* Whether the processes of a child run, or all stand still: from /proc, which needs no privilege. */
#ifndef BATON_PULSE_H
#define BATON_PULSE_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { PULSE_OWNERS = 2, PULSE_THREADS_MAX = 4096 };

struct pulse {
    unsigned threads;
    unsigned awake; /* of them, those that run, wait for a processor, or for a disk */
    int64_t cpu_ms; /* that they have used, those that have ended as well */
    bool complete;  /* false: there are more, or one could not be read */
};

/* Of the processes of these children, their groups and whatever they have forked; 0: no child. */
void pulse_read(struct pulse *pulse, const pid_t owners[PULSE_OWNERS]);

#endif
