/* Which processes belong to a child: it, its process group, and whatever they have forked. */
#ifndef BATON_FAMILY_H
#define BATON_FAMILY_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { FAMILY_PROCESSES_MAX = 4096 };

struct family_process {
    pid_t pid;
    pid_t parent;
    pid_t group;
    char state; /* as ps(1) shows it: 'T' stopped, 'Z' ended */
    bool member;
};

struct family {
    size_t count;
    bool complete; /* false: more processes than fit, or one could not be read */
    struct family_process process[FAMILY_PROCESSES_MAX];
};

/* Reads all processes that this launcher can see. */
void family_read(struct family *family);
/* Marks those that belong to root, a child of this launcher, and no others. */
void family_mark(struct family *family, pid_t root);
/* Whether the process has this thread; its first one has the same number. */
bool family_has_thread(pid_t process, pid_t thread);

#endif
