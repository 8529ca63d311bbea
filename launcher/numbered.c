#include "numbered.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/dirent.h is none of the kernel's public headers. */
struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

int numbered_open(struct numbered *directory, const char *path)
{
    directory->at = directory->end = 0;
    directory->error = 0;
    directory->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory->fd < 0 ? -errno : 0;
}

const char *numbered_next(struct numbered *directory)
{
    for (;;) {
        const char *name;
        uint16_t length;
        if (directory->at == directory->end) {
            long got = syscall(SYS_getdents64, directory->fd, directory->buffer,
                               sizeof directory->buffer);
            if (got <= 0) {
                directory->error = got < 0 ? -errno : 0;
                return NULL;
            }
            directory->at = 0;
            directory->end = (size_t)got;
        }
        name = directory->buffer + directory->at + offsetof(struct entry, name);
        memcpy(&length, directory->buffer + directory->at + offsetof(struct entry, length),
               sizeof length);
        directory->at += length;
        if (*name >= '0' && *name <= '9')
            return name;
    }
}

void numbered_close(struct numbered *directory)
{
    close(directory->fd);
}
