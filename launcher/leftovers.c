#include "leftovers.h"

#include <string.h>
#include <unistd.h>

#include "log.h"
#include "seccomp.h"

void leftovers_clear(struct leftovers *leftovers)
{
    for (int i = 0; i < LEFTOVERS_MAX; i++)
        leftovers->listener[i] = -1;
}

static void remove_at(struct leftovers *leftovers, int at)
{
    int *listener = leftovers->listener;

    close(listener[at]);
    memmove(&listener[at], &listener[at + 1],
            (size_t)(LEFTOVERS_MAX - 1 - at) * sizeof *listener);
    listener[LEFTOVERS_MAX - 1] = -1;
}

void leftovers_add(struct leftovers *leftovers, int listener)
{
    int at = 0;

    if (listener < 0)
        return;
    while (at < LEFTOVERS_MAX && leftovers->listener[at] >= 0)
        at++;
    if (at == LEFTOVERS_MAX) {
        log_warn("gave up what an earlier child has left behind");
        remove_at(leftovers, 0);
        at--;
    }
    leftovers->listener[at] = listener;
}

void leftovers_prepare(const struct leftovers *leftovers, struct pollfd *polls)
{
    for (int i = 0; i < LEFTOVERS_MAX; i++)
        polls[i] = (struct pollfd){.fd = leftovers->listener[i], .events = POLLIN};
}

void leftovers_handle(struct leftovers *leftovers, const struct pollfd *polls)
{
    struct notification call;

    /* Backwards: what is removed moves only those that were handled already. */
    for (int i = LEFTOVERS_MAX - 1; i >= 0; i--) {
        if (!polls[i].revents || polls[i].fd != leftovers->listener[i])
            continue;
        if (!(polls[i].revents & POLLIN))
            remove_at(leftovers, i);
        else if (!seccomp_receive(polls[i].fd, &call))
            seccomp_continue(polls[i].fd, call.id);
    }
}
