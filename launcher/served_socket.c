#include "served_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "unix_socket.h"

/* Sooner than a standby slot takes the owner of a vanished socket for dead (stand_in.c). */
enum { LOOK_MS = 1000 };

static void remember(struct served_socket *served)
{
    struct stat status = {0};

    if (stat(served->path, &status))
        log_warn("socket vanished at once", TEXT("path", served->path));
    served->device = status.st_dev;
    served->inode = status.st_ino;
}

/* Said once, not each time it is tried. */
static void tell_failure(struct served_socket *served, int error)
{
    if (!served->failing)
        log_error("socket cannot be made, it is tried again", TEXT("path", served->path),
                  TEXT("error", strerror(-error)));
    served->failing = true;
}

static int make(struct served_socket *served)
{
    int fd = unix_listen(served->path, served->type);

    if (fd < 0) {
        tell_failure(served, fd);
        return fd;
    }
    if (served->fd >= 0)
        close(served->fd);
    served->fd = fd;
    served->failing = false;
    remember(served);
    return 0;
}

int served_socket_open(struct served_socket *served, const char *path, int type)
{
    *served = (struct served_socket){.type = type, .fd = -1};
    if (strlen(path) >= sizeof served->path)
        return -ENAMETOOLONG;
    strcpy(served->path, path);
    return make(served) == -ENAMETOOLONG ? -ENAMETOOLONG : 0;
}

static bool is_in_place(const struct served_socket *served)
{
    struct stat status;

    return served->fd >= 0 && !stat(served->path, &status) && S_ISSOCK(status.st_mode) &&
           status.st_dev == served->device && status.st_ino == served->inode;
}

int64_t served_socket_tick(struct served_socket *served, int64_t now)
{
    if (now < served->look_at_ms)
        return served->look_at_ms;
    served->look_at_ms = clock_next_round(now, LOOK_MS);
    if (!is_in_place(served)) {
        bool is_new = served->fd < 0;
        if (!make(served))
            log_warn(is_new ? "socket made at last" : "socket had vanished and is made again",
                     TEXT("path", served->path));
    }
    return served->look_at_ms;
}
