#include "pulse.h"

#include <errno.h>
#include <stdio.h>

#include "family.h"
#include "numbered.h"
#include "stat_line.h"

/* 'R' also while a quota or others keep it from its processor; 'D' waits for a disk, or for memory
 * that was swapped out: both go on by themselves. */
static bool is_awake(char state)
{
    return state == 'R' || state == 'D';
}

static void add_threads(struct pulse *pulse, pid_t process)
{
    struct numbered threads;
    const char *name;
    char path[64];
    int error;

    snprintf(path, sizeof path, "/proc/%d/task", process);
    error = numbered_open(&threads, path);
    if (error) {
        pulse->complete &= error == -ENOENT || error == -ESRCH; /* it has ended */
        return;
    }
    while ((name = numbered_next(&threads)) && pulse->threads < PULSE_THREADS_MAX) {
        struct stat_line line;
        snprintf(path, sizeof path, "/proc/%d/task/%.12s/stat", process, name);
        if (!stat_line_read(&line, path))
            continue;
        pulse->threads++;
        pulse->awake += is_awake(line.state);
    }
    pulse->complete &= !name;
    numbered_close(&threads);
}

static void add_process(struct pulse *pulse, pid_t process)
{
    struct stat_line line;
    char path[32];

    snprintf(path, sizeof path, "/proc/%d/stat", process);
    if (!stat_line_read(&line, path) || line.state == 'Z')
        return;
    pulse->cpu_ms += line.cpu_ms;
    add_threads(pulse, process);
}

void pulse_read(struct pulse *pulse, const pid_t owners[PULSE_OWNERS])
{
    static struct family family;

    family_read(&family);
    *pulse = (struct pulse){.complete = family.complete};
    for (int owner = 0; owner < PULSE_OWNERS; owner++) {
        if (owners[owner] <= 0)
            continue;
        family_mark(&family, owners[owner]);
        for (size_t i = 0; i < family.count; i++)
            if (family.process[i].member)
                add_process(pulse, family.process[i].pid);
    }
}
