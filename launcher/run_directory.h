/* Files of the run directory (an emptyDir in memory, shared by the pod's slots and the agent). */
#ifndef BATON_RUN_DIRECTORY_H
#define BATON_RUN_DIRECTORY_H
#include <stdbool.h>

#include "slot_name.h"

/* Makes the directory, writable for all uids of the pod, if it is missing. 0 or -errno. */
int run_directory_make(const char *directory);
/* Number in DIR/SLOT.boots, 0 when there is none to be read. */
long run_directory_read_boots(const char *directory, const char *slot);
/* 0 or -errno: the file has the new number or the old one, never a part. */
int run_directory_write_boots(const char *directory, const char *slot, long boots);
/* The slot that DIR/active names. False when it names none. */
bool run_directory_active(const char *directory, char slot[SLOT_NAME_MAX + 1]);
/* Joins a path into size bytes: 0 or -ENAMETOOLONG. */
int run_directory_path(char *path, unsigned size, const char *directory, const char *name,
                       const char *suffix);

#endif
