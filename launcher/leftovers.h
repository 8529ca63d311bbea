/* seccomp listeners of children that have ended: a process that left the child's group may still be
 * under the filter, and its calls must not fail because the child is gone. Where exit_group(2) fails,
 * libc ends one thread, and a process that has others hangs. */
#ifndef BATON_LEFTOVERS_H
#define BATON_LEFTOVERS_H
#include <poll.h>

enum { LEFTOVERS_MAX = 4 };

struct leftovers {
    int listener[LEFTOVERS_MAX]; /* -1: free */
};

void leftovers_clear(struct leftovers *leftovers);
/* Takes the listener over; -1: there is none. The oldest gives way. */
void leftovers_add(struct leftovers *leftovers, int listener);
/* Fills LEFTOVERS_MAX entries. */
void leftovers_prepare(const struct leftovers *leftovers, struct pollfd *polls);
/* All calls are left to the kernel. A listener nobody is under any more is closed. */
void leftovers_handle(struct leftovers *leftovers, const struct pollfd *polls);

#endif
