#include "active_watch.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "run_directory.h"
#include "served_socket.h"
#include "unix_socket.h"

enum {
    LOOK_MS = 1000, /* whether another slot has become the active one */
    LOOK_AWAY_MS = 50,
    NO_WAIT_MS = 1, /* the socket is non-blocking */
};

void active_watch_start(struct active_watch *watch, const char *directory, const char *slot)
{
    *watch = (struct active_watch){
        .directory = directory,
        .slot = slot,
        .fd = -1,
        .away_since_ms = CLOCK_NEVER,
    };
}

static void disconnect(struct active_watch *watch)
{
    if (watch->fd >= 0)
        close(watch->fd);
    watch->fd = -1;
}

void active_watch_pause(struct active_watch *watch)
{
    disconnect(watch);
    watch->name[0] = '\0';
    watch->away_since_ms = CLOCK_NEVER;
    watch->look_at_ms = 0;
}

/* Takes the name in the file over; a connection to another one is of no use any more. */
static void read_name(struct active_watch *watch)
{
    char name[SLOT_NAME_MAX + 1];

    if (!run_directory_active(watch->directory, name) || !strcmp(name, watch->slot))
        name[0] = '\0';
    if (!strcmp(name, watch->name))
        return;
    active_watch_pause(watch);
    strcpy(watch->name, name);
}

/* Whether somebody listens there. One that is too busy to accept is there as well. */
static bool reach(struct active_watch *watch)
{
    char path[SOCKET_PATH_SIZE];

    if (run_directory_path(path, sizeof path, watch->directory, watch->name, ".sock"))
        return false;
    watch->fd = unix_connect(path, SOCK_STREAM | SOCK_NONBLOCK, NO_WAIT_MS);
    if (watch->fd >= 0)
        return true;
    bool busy = watch->fd == -EAGAIN;
    watch->fd = -1;
    return busy;
}

int64_t active_watch_tick(struct active_watch *watch, int64_t now)
{
    if (now < watch->look_at_ms)
        return watch->look_at_ms;
    read_name(watch);
    if (!watch->name[0] || watch->fd >= 0 || reach(watch)) {
        watch->away_since_ms = CLOCK_NEVER;
        watch->look_at_ms = clock_next_round(now, LOOK_MS);
    } else {
        watch->away_since_ms = clock_earlier(watch->away_since_ms, now);
        watch->look_at_ms = now + LOOK_AWAY_MS;
    }
    return watch->look_at_ms;
}

void active_watch_readable(struct active_watch *watch)
{
    char answer[256];
    ssize_t got = recv(watch->fd, answer, sizeof answer, MSG_DONTWAIT);

    if (got < 0 && errno == EAGAIN)
        return;
    disconnect(watch);
    /* It says that our uid may not command it: it is there, and asking again at once would fill its
     * log. An end without a word is its own, or it needed the place for others. */
    if (got <= 0)
        watch->look_at_ms = 0;
}
