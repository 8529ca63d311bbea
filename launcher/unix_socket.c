#include "unix_socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "log.h"

enum { BACKLOG = 64 };

static int fill(struct sockaddr_un *name, const char *path, const char *suffix)
{
    int length;

    memset(name, 0, sizeof *name);
    name->sun_family = AF_UNIX;
    length = snprintf(name->sun_path, sizeof name->sun_path, "%s%s", path, suffix);
    return length < 0 || (size_t)length >= sizeof name->sun_path ? -ENAMETOOLONG : 0;
}

static int listen_as(int fd, const struct sockaddr_un *name, const char *path)
{
    /* A socket left by a killed process may be in the way. The new one gets its name by rename(2)
     * only when it listens: whoever connects meets the old one or the new one, never a gap. */
    if (unlink(name->sun_path) && errno != ENOENT)
        return -errno;
    if (bind(fd, (const struct sockaddr *)name, sizeof *name))
        return -errno;
    /* The peer's uid is checked on accept; the mode only has to let other uids connect at all. */
    if (chmod(name->sun_path, 0666) || listen(fd, BACKLOG) || rename(name->sun_path, path)) {
        int error = -errno;
        unlink(name->sun_path);
        return error;
    }
    return 0;
}

int unix_listen(const char *path, int type)
{
    struct sockaddr_un name;
    int error = fill(&name, path, ".new");
    int fd;

    if (error)
        return error;
    fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    error = listen_as(fd, &name, path);
    if (!error)
        return fd;
    close(fd);
    return error;
}

int unix_connect(const char *path, int type, int timeout_ms)
{
    struct sockaddr_un name;
    struct timeval timeout = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
    int error = fill(&name, path, "");
    int fd;

    if (error)
        return error;
    fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout) ||
        connect(fd, (struct sockaddr *)&name, sizeof name)) {
        error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

/* Once, as long as it is the same user: a standby slot of another user watches the active one so. */
static void tell_refusal(const struct ucred *peer)
{
    static uid_t told = (uid_t)-1;

    if (peer->uid != told)
        log_warn("refused a peer of a foreign user", NUMBER("uid", peer->uid),
                 NUMBER("pid", peer->pid));
    told = peer->uid;
}

static bool is_permitted(int fd, const struct allowed_uids *allowed)
{
    struct ucred peer;
    socklen_t length = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length))
        return false;
    if (peer.uid == 0 || peer.uid == geteuid())
        return true;
    for (size_t i = 0; i < allowed->count; i++)
        if (allowed->uid[i] == peer.uid)
            return true;
    tell_refusal(&peer);
    return false;
}

int unix_accept(int listener, const struct allowed_uids *allowed, bool *permitted)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0)
        return -errno;
    *permitted = is_permitted(fd, allowed);
    return fd;
}
