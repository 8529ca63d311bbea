#include <string.h>

#include "fuzz.h"

static uint64_t state;

void random_seed(uint64_t seed)
{
    state = seed * 0x9E3779B97F4A7C15U | 1;
}

/* xorshift64* */
uint32_t random_below(uint32_t limit)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545F4914F6CDD1DU >> 32) % limit);
}

static void insert(struct input *input, size_t at, const void *bytes, size_t length)
{
    if (input->length + length > sizeof input->bytes)
        return;
    memmove(input->bytes + at + length, input->bytes + at, input->length - at);
    memcpy(input->bytes + at, bytes, length);
    input->length += length;
}

static void insert_run(struct input *input, size_t at)
{
    static const char units[][4] = {"A", "9", " ", "%", "\xff", ":", "[", " x", " %", "%20", "\n"};
    const char *unit = units[random_below(sizeof units / sizeof *units)];
    uint32_t times = 1U << random_below(13);

    for (uint32_t i = 0; i < times; i++)
        insert(input, at, unit, strlen(unit));
}

static void insert_word(struct input *input, size_t at)
{
    static const char *const words[] = {"-1", "0", "2147483648", "99999999999999999999", "\r",
                                        "%00", "%zz", "0.0.0.0:80", "[::]:80", "[fe80::1%2]:1",
                                        "TERM", "KILL", "watch\n", "status\n", "\n"};
    const char *word = words[random_below(sizeof words / sizeof *words)];

    insert(input, at, word, strlen(word));
}

void mutate(struct input *input)
{
    for (uint32_t times = random_below(6); times > 0; times--) {
        size_t at = random_below((uint32_t)input->length + 1);
        unsigned char byte = (unsigned char)random_below(256);
        size_t rest = input->length - at;
        switch (random_below(6)) {
        case 0:
            if (rest)
                input->bytes[at] ^= (unsigned char)(1U << random_below(8));
            break;
        case 1:
            insert(input, at, &byte, 1);
            break;
        case 2:
            input->length -= rest ? random_below((uint32_t)rest + 1) : 0;
            break;
        case 3:
            if (rest)
                input->bytes[at] = byte;
            break;
        case 4:
            insert_run(input, at);
            break;
        default:
            insert_word(input, at);
        }
    }
}
