#include "pulse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "family.h"
#include "numbered.h"

struct stat_line {
    char state;
    int64_t cpu_ms;
};

/* Fields of /proc/PID/stat behind the name: state is the 1st, utime the 12th, stime the 13th. */
enum { UTIME_AFTER_STATE = 11 };

static int64_t ticks_to_ms(unsigned long long ticks)
{
    return (int64_t)(ticks * 1000 / (unsigned long long)sysconf(_SC_CLK_TCK));
}

/* False: it has ended, or is not to be read. */
static bool read_stat(struct stat_line *line, const char *path)
{
    char content[512];
    char *field;
    unsigned long long user;
    ssize_t length;
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return false;
    length = read(file, content, sizeof content - 1);
    close(file);
    if (length <= 0)
        return false;
    content[length] = '\0';
    /* The name may hold anything, a ')' as well. */
    field = strrchr(content, ')');
    if (!field || field[1] != ' ')
        return false;
    field += 2;
    line->state = *field;
    for (int i = 0; i < UTIME_AFTER_STATE; i++) {
        field += strcspn(field, " ");
        field += *field == ' ';
    }
    user = strtoull(field, &field, 10);
    line->cpu_ms = ticks_to_ms(user + strtoull(field, NULL, 10));
    return true;
}

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
        if (!read_stat(&line, path))
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
    if (!read_stat(&line, path) || line.state == 'Z')
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
