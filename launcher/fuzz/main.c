/*   fuzz control|keeper|link SEED RUNS
 * Exit code 0: nothing found. Else the sanitizer, or check(), says what; the same seed and number of
 * runs find it again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../log.h"
#include "../numbered.h"
#include "fuzz.h"

static long run;
static long seed;

/* Instead of log.c: the launcher says much about what it is sent. */
void log_name(const char *name)
{
    (void)name;
}

void log_write(const char *level, const char *message, const struct log_field *fields)
{
    (void)level;
    (void)message;
    (void)fields;
}

/* Linked in the place of fork(2): no input may start a program. */
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
    errno = ENOMEM;
    return -1;
}

void check(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "seed %ld, run %ld: expected %s\n", seed, run, what);
    abort();
}

int open_descriptors(void)
{
    struct numbered directory;
    int count = 0;

    check(!numbered_open(&directory, "/proc/self/fd"), "/proc");
    while (numbered_next(&directory))
        count++;
    numbered_close(&directory);
    return count;
}

int main(int count, char **words)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } targets[] = {
        {"control", fuzz_control}, {"keeper", fuzz_keeper}, {"link", fuzz_keeper_link}};
    long runs = count == 4 ? strtol(words[3], NULL, 10) : 0;

    for (size_t i = 0; runs > 0 && i < sizeof targets / sizeof *targets; i++) {
        if (strcmp(words[1], targets[i].name))
            continue;
        seed = strtol(words[2], NULL, 10);
        random_seed((uint64_t)seed);
        for (run = 0; run < runs; run++)
            targets[i].run();
        printf("%s: %ld runs, nothing found\n", words[1], runs);
        return 0;
    }
    fputs("usage: fuzz control|keeper|link SEED RUNS\n", stderr);
    return 2;
}
