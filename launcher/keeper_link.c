#include "keeper_link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "unix_socket.h"
#include "wire.h"

enum {
    RETRY_MS = 100,
    /* A request is answered in microseconds. The child's bind(2) waits meanwhile, and so does
     * everything else here: a keeper that hangs counts as gone. */
    REQUEST_TIMEOUT_MS = 1000,
    RETRY_HUNG_MS = 5000, /* or trying it would take all our time */
    RETRY_RUBBISH_MS = 1000, /* who speaks it is not the keeper, and may go on for long */
    /* Another launcher needs microseconds from its bind(2) to its registration. */
    GET_ATTEMPTS = 5,
    GET_PAUSE_MS = 10,
};

void keeper_link_start(struct keeper_link *link, const char *path, struct listeners *listeners)
{
    *link = (struct keeper_link){
        .path = path,
        .fd = -1,
        .away_since_ms = clock_now_ms(),
        .listeners = listeners,
    };
}

static int retry_ms(int error)
{
    switch (error) {
    case -ETIMEDOUT:
        return RETRY_HUNG_MS;
    case -EBADMSG:
        return RETRY_RUBBISH_MS;
    default:
        return RETRY_MS;
    }
}

static void disconnect(struct keeper_link *link, int error)
{
    if (link->fd < 0)
        return;
    close(link->fd);
    link->fd = -1;
    link->synced = false;
    link->away_since_ms = clock_now_ms();
    link->retry_at_ms = link->away_since_ms + retry_ms(error);
    log_warn("keeper is gone", TEXT("error", strerror(-error)),
             NUMBER("copies", (long long)link->listeners->count));
}

/* Takes fd over. False: no keeper says that. */
static bool take_push(struct keeper_link *link, const struct wire *message, int fd)
{
    char text[ADDRESS_TEXT];

    switch (message->kind) {
    case WIRE_ADD:
        if (fd < 0 || listeners_find(link->listeners, &message->address) == NULL)
            log_info("listener copied", TEXT("address", address_format(&message->address, text)));
        if (fd >= 0)
            listeners_put(link->listeners, &message->address, fd);
        return true;
    case WIRE_REMOVE:
        if (listeners_find(link->listeners, &message->address))
            log_info("listener dropped", TEXT("address", address_format(&message->address, text)));
        listeners_remove(link->listeners, &message->address);
        break;
    case WIRE_SYNCED:
        if (!link->synced)
            log_info("keeper has told all it holds",
                     NUMBER("copies", (long long)link->listeners->count));
        link->synced = true;
        break;
    default:
        log_warn("message from keeper not understood", NUMBER("kind", message->kind));
        break;
    }
    if (fd >= 0)
        close(fd);
    return message->kind == WIRE_REMOVE || message->kind == WIRE_SYNCED;
}

static int send_request(struct keeper_link *link, uint8_t kind, const struct address *address,
                        int fd)
{
    struct wire request = {.version = WIRE_VERSION, .kind = kind};
    int error;

    if (address)
        request.address = *address;
    error = wire_send(link->fd, &request, sizeof request, fd);
    if (error)
        disconnect(link, error);
    return error;
}

/* Result of the reply, *fd what came with it (-1: nothing). Pushes that come before it are
 * taken. */
static int request(struct keeper_link *link, uint8_t kind, const struct address *address, int send,
                   int *fd)
{
    int64_t deadline = clock_now_ms() + REQUEST_TIMEOUT_MS;
    int error = send_request(link, kind, address, send);
    struct wire message;

    *fd = -1;
    while (!error) {
        struct pollfd poll_fd = {.fd = link->fd, .events = POLLIN};
        int64_t now = clock_now_ms();
        int got = now < deadline ? wire_receive(link->fd, &message, fd) : -ETIMEDOUT;
        if (got == -EAGAIN) {
            if (poll(&poll_fd, 1, clock_poll_ms(now, deadline)) < 0 && errno != EINTR)
                error = -errno;
        } else if (got <= 0) {
            error = got ? got : -ECONNRESET;
        } else if (message.kind == WIRE_REPLY) {
            return message.result;
        } else {
            error = take_push(link, &message, *fd) ? 0 : -EBADMSG;
            *fd = -1;
        }
    }
    disconnect(link, error);
    return -ECONNREFUSED;
}

/* Fills a keeper that was restarted: what it does not know it takes, what it has another socket for
 * is replaced here. What was dropped while we were away it refuses; its REMOVE follows. */
static void offer_copies(struct keeper_link *link)
{
    for (size_t i = 0; link->fd >= 0 && i < link->listeners->count; i++) {
        struct address address = link->listeners->entry[i].address;
        int theirs;
        request(link, WIRE_OFFER, &address, link->listeners->entry[i].fd, &theirs);
        if (theirs >= 0)
            listeners_put(link->listeners, &address, theirs);
    }
}

static void connect_now(struct keeper_link *link)
{
    int fd = unix_connect(link->path, SOCK_SEQPACKET, RETRY_MS);

    link->retry_at_ms = clock_now_ms() + RETRY_MS;
    if (fd < 0)
        return;
    if (fcntl(fd, F_SETFL, O_NONBLOCK)) {
        close(fd);
        return;
    }
    link->fd = fd;
    offer_copies(link);
    if (link->fd >= 0)
        send_request(link, WIRE_SUBSCRIBE, NULL, -1);
}

int64_t keeper_link_tick(struct keeper_link *link, int64_t now)
{
    if (!link->path || link->fd >= 0)
        return CLOCK_NEVER;
    if (now >= link->retry_at_ms)
        connect_now(link);
    return link->fd >= 0 ? CLOCK_NEVER : link->retry_at_ms;
}

void keeper_link_readable(struct keeper_link *link)
{
    struct wire message;
    int fd;
    int got;

    /* As many as a keeper has to tell at most: one that never ends must not take all our time. */
    for (int i = 0; i <= LISTENERS_MAX && link->fd >= 0; i++) {
        got = wire_receive(link->fd, &message, &fd);
        if (got == -EAGAIN)
            return;
        if (got == 1)
            got = take_push(link, &message, fd) ? 1 : -EBADMSG;
        if (got != 1)
            disconnect(link, got ? got : -ECONNRESET);
    }
}

bool keeper_link_is_usable(const struct keeper_link *link)
{
    return !link->path || link->synced || link->listeners->count > 0;
}

struct listener *keeper_link_register(struct keeper_link *link, const struct address *address,
                                      int fd, int *error)
{
    int theirs = -1;
    int result = 0;
    struct listener *listener;

    if (link->path && link->fd < 0)
        connect_now(link);
    if (link->path)
        result = link->fd < 0 ? -ECONNREFUSED
                              : request(link, WIRE_REGISTER, address, fd, &theirs);
    if (result && theirs < 0) {
        close(fd);
        *error = result;
        return NULL;
    }
    if (theirs >= 0)
        close(fd);
    listener = listeners_put(link->listeners, address, theirs >= 0 ? theirs : fd);
    *error = listener ? 0 : -ENOSPC;
    return listener;
}

static void pause_ms(int duration)
{
    struct timespec time = {.tv_nsec = duration * 1000000L};

    nanosleep(&time, NULL); /* all signals are blocked: it is not interrupted */
}

struct listener *keeper_link_get(struct keeper_link *link, const struct address *address)
{
    if (link->path && link->fd < 0)
        connect_now(link);
    for (int attempt = 0; link->fd >= 0 && attempt < GET_ATTEMPTS; attempt++) {
        int fd;
        int result = request(link, WIRE_GET, address, -1, &fd);
        if (fd >= 0)
            return listeners_put(link->listeners, address, fd);
        if (result != -ENOENT)
            return NULL;
        pause_ms(GET_PAUSE_MS);
    }
    return NULL;
}

int keeper_link_drop(struct keeper_link *link, const struct address *address)
{
    bool held = listeners_find(link->listeners, address);
    int fd = -1;
    int result = held ? 0 : -ENOENT;

    if (link->path && link->fd < 0)
        connect_now(link);
    if (link->path)
        result = link->fd < 0 ? -ECONNREFUSED : request(link, WIRE_DROP, address, -1, &fd);
    if (fd >= 0)
        close(fd);
    if (result == 0 || result == -ENOENT)
        listeners_remove(link->listeners, address);
    return held && result == -ENOENT ? 0 : result;
}
