/* Files of the run directory (an emptyDir in memory, shared by the pod's slots and the agent). */
#ifndef BATON_RUN_DIRECTORY_H
#define BATON_RUN_DIRECTORY_H
#include <stdbool.h>

/* Makes the directory, writable for all uids of the pod, if it is missing. 0 or -errno. */
int run_directory_make(const char *directory);
/* Adds one to DIR/SLOT.boots: the number of this boot, or -errno. The agent acts on a slot only
 * when its boot is the one the annotation waits for. */
long run_directory_boot(const char *directory, const char *slot);
/* Whether DIR/active names the slot. */
bool run_directory_is_active(const char *directory, const char *slot);
/* Joins a path into size bytes: 0 or -ENAMETOOLONG. */
int run_directory_path(char *path, unsigned size, const char *directory, const char *name,
                       const char *suffix);

#endif
