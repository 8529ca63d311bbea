/* A fuzzer without coverage: known inputs, changed at random from a seed, against the launcher's own
 * sources under sanitizers. What it checks beyond them is in each target. */
#ifndef BATON_FUZZ_H
#define BATON_FUZZ_H
#include <stddef.h>
#include <stdint.h>

enum { FUZZ_INPUT_MAX = 16 * 1024 };

struct input {
    size_t length;
    unsigned char bytes[FUZZ_INPUT_MAX];
};

void random_seed(uint64_t seed);
/* 0 to limit - 1. */
uint32_t random_below(uint32_t limit);
/* Changes the input a few times, or leaves it. */
void mutate(struct input *input);
/* Says what was expected, with the run's number, and aborts. */
void check(int holds, const char *what);
int open_descriptors(void);

/* The targets: one input each call. */
void fuzz_control(void);
void fuzz_keeper(void);
void fuzz_keeper_link(void);

#endif
