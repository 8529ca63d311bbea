#include "family.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "numbered.h"
#include "stat_line.h"

/* False: it has ended, or is not to be read. */
static bool read_process(struct family_process *process, const char *name)
{
    struct stat_line line;
    char path[32];

    snprintf(path, sizeof path, "/proc/%.12s/stat", name);
    if (!stat_line_read(&line, path))
        return false;
    *process = (struct family_process){
        .pid = (pid_t)strtol(name, NULL, 10),
        .parent = line.parent,
        .group = line.group,
        .state = line.state,
    };
    return true;
}

void family_read(struct family *family)
{
    struct numbered processes;
    const char *name;

    family->count = 0;
    family->complete = false;
    if (numbered_open(&processes, "/proc"))
        return;
    while ((name = numbered_next(&processes)) && family->count < FAMILY_PROCESSES_MAX)
        if (read_process(&family->process[family->count], name))
            family->count++;
    family->complete = !name && !processes.error;
    numbered_close(&processes);
}

static bool is_child_of_member(const struct family *family, pid_t parent)
{
    for (size_t i = 0; i < family->count; i++)
        if (family->process[i].pid == parent)
            return family->process[i].member;
    return false;
}

void family_mark(struct family *family, pid_t root)
{
    bool more = true;

    for (size_t i = 0; i < family->count; i++) {
        struct family_process *process = &family->process[i];
        /* Orphans of the group too: their parent is the launcher now. */
        process->member = process->pid == root || process->group == root;
    }
    while (more) {
        more = false;
        for (size_t i = 0; i < family->count; i++) {
            struct family_process *process = &family->process[i];
            if (process->member || !is_child_of_member(family, process->parent))
                continue;
            process->member = more = true;
        }
    }
}

bool family_has_thread(pid_t process, pid_t thread)
{
    char path[48];

    snprintf(path, sizeof path, "/proc/%d/task/%d", process, thread);
    return !access(path, F_OK);
}
