/* How many times this slot's launcher was started: counted in DIR/SLOT.boots. The agent acts on a
 * slot only when its boot is the one that the annotation waits for. */
#ifndef BATON_BOOT_H
#define BATON_BOOT_H
#include <stdbool.h>
#include <stdint.h>

struct boot {
    const char *directory;
    const char *slot;
    long number;
    bool failing;
    int64_t look_at_ms;
};

/* Counts this start. A full or missing directory does not keep a slot from serving: the number is
 * written as soon as it can be. */
void boot_count(struct boot *boot, const char *directory, const char *slot);
/* Writes the number, and makes the directory, when they are not there any more. The moment to call
 * again. */
int64_t boot_tick(struct boot *boot, int64_t now);

#endif
