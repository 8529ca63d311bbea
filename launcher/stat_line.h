/* What the kernel tells of one process or thread in its file "stat": see proc_pid_stat(5). */
#ifndef BATON_STAT_LINE_H
#define BATON_STAT_LINE_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct stat_line {
    char state; /* as ps(1) shows it: 'R' runs or would, 'D' waits for a disk, 'T' stopped, 'Z' ended */
    pid_t parent;
    pid_t group;
    int64_t cpu_ms; /* that it has used; of a process, all its threads, those that have ended as well */
};

/* False: it has ended, or is not to be read. */
bool stat_line_read(struct stat_line *line, const char *path);

#endif
