/* All signals are blocked and read from a descriptor: no handler, no interrupted system call. */
#ifndef BATON_SIGNALS_H
#define BATON_SIGNALS_H
#include <signal.h>
#include <stdbool.h>

struct signals {
    bool child; /* a process has ended */
    bool stop;  /* somebody wants this container to end */
    int forward; /* a signal that is the child's business, or 0 */
};

/* Descriptor to poll, or -errno. *before is the mask that the child gets back. */
int signals_open(sigset_t *before);
/* Reads all that have come. */
struct signals signals_read(int fd);
/* Number of "HUP" or "SIGHUP"; 0: unknown. */
int signals_number(const char *name);

#endif
