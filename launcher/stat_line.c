#include "stat_line.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of the words from the state on, which is the 1st: utime is the 12th, and the group the 3rd. */
enum { UTIME_AFTER_GROUP = 9 };

/* Skips one word and the space behind it. */
static const char *next_word(const char *text)
{
    text += strcspn(text, " ");
    return *text ? text + 1 : text;
}

static int64_t ticks_to_ms(unsigned long long ticks)
{
    return (int64_t)(ticks * 1000 / (unsigned long long)sysconf(_SC_CLK_TCK));
}

/* What a file has first, as text; false: nothing. */
static bool read_start(char *content, size_t size, const char *path)
{
    ssize_t length;
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        return false;
    length = read(file, content, size - 1);
    close(file);
    if (length <= 0)
        return false;
    content[length] = '\0';
    return true;
}

bool stat_line_read(struct stat_line *line, const char *path)
{
    char content[512];
    const char *field;
    char *behind;
    unsigned long long user;

    if (!read_start(content, sizeof content, path))
        return false;
    /* "17 (name) S 1 17 ...": the name may hold anything, a ')' as well. */
    field = strrchr(content, ')');
    if (!field || field[1] != ' ')
        return false;
    field += 2;
    line->state = *field;
    field = next_word(field);
    line->parent = (pid_t)strtol(field, NULL, 10);
    field = next_word(field);
    line->group = (pid_t)strtol(field, NULL, 10);
    for (int i = 0; i < UTIME_AFTER_GROUP; i++)
        field = next_word(field);
    user = strtoull(field, &behind, 10);
    line->cpu_ms = ticks_to_ms(user + strtoull(behind, NULL, 10));
    return true;
}
