/* Unix sockets in the run directory, and who may speak on them. */
#ifndef BATON_UNIX_SOCKET_H
#define BATON_UNIX_SOCKET_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { ALLOWED_UIDS_MAX = 16 };

/* Own uid and 0 are always allowed. */
struct allowed_uids {
    size_t count;
    uid_t uid[ALLOWED_UIDS_MAX];
};

/* Listens on path, mode 0666, in place of whatever was there. Fd (non-blocking) or -errno. */
int unix_listen(const char *path, int type);
/* Connected fd or -errno. Waits at most for the listener's backlog, timeout_ms long. */
int unix_connect(const char *path, int type, int timeout_ms);
/* Next connection (non-blocking) and whether its peer may speak; -errno when there is none. */
int unix_accept(int listener, const struct allowed_uids *allowed, bool *permitted);

#endif
