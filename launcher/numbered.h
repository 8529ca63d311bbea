/* The entries of a /proc directory whose names are numbers: processes, descriptors. Instead of
 * readdir(3), which allocates. */
#ifndef BATON_NUMBERED_H
#define BATON_NUMBERED_H
#include <stdbool.h>
#include <stddef.h>

struct numbered {
    int fd;
    int error; /* -errno when the directory could not be read to its end */
    size_t at;
    size_t end;
    _Alignas(8) char buffer[4096];
};

/* 0 or -errno. */
int numbered_open(struct numbered *directory, const char *path);
/* Name of the next entry, valid until the next call; NULL: no more. */
const char *numbered_next(struct numbered *directory);
void numbered_close(struct numbered *directory);

#endif
