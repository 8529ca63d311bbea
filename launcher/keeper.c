#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "tcp.h"

/* Bounds the descriptors in flight to one client to a few dozen: the kernel limits them by user
 * over the whole node (RLIMIT_NOFILE, ETOOMANYREFS), and a stuck launcher must not use them up. */
enum { SEND_BUFFER = 16 * 1024 };

int keeper_start(struct keeper *keeper, const char *path, const struct allowed_uids *allowed)
{
    keeper->allowed = allowed;
    for (int i = 0; i < KEEPER_CLIENTS_MAX; i++)
        keeper->client[i] = (struct keeper_client){.fd = -1, .reply_fd = -1};
    return served_socket_open(&keeper->socket, path, SOCK_SEQPACKET);
}

int64_t keeper_tick(struct keeper *keeper, int64_t now)
{
    return served_socket_tick(&keeper->socket, now);
}

static struct keeper_entry *find(struct keeper *keeper, const struct address *address)
{
    for (size_t i = 0; i < keeper->count; i++)
        if (address_equal(&keeper->entry[i].address, address))
            return &keeper->entry[i];
    return NULL;
}

/* A free place, or that of the address dropped longest ago. */
static struct keeper_entry *place(struct keeper *keeper)
{
    struct keeper_entry *oldest = NULL;

    if (keeper->count < LISTENERS_MAX)
        return &keeper->entry[keeper->count++];
    for (size_t i = 0; i < keeper->count; i++) {
        struct keeper_entry *entry = &keeper->entry[i];
        if (entry->fd < 0 && (!oldest || entry->sequence < oldest->sequence))
            oldest = entry;
    }
    return oldest;
}

static const struct keeper_entry *next_for(const struct keeper *keeper,
                                           const struct keeper_client *client)
{
    const struct keeper_entry *next = NULL;

    for (size_t i = 0; i < keeper->count; i++) {
        const struct keeper_entry *entry = &keeper->entry[i];
        if (entry->sequence > client->seen && (!next || entry->sequence < next->sequence))
            next = entry;
    }
    return next;
}

static void close_client(struct keeper_client *client)
{
    close(client->fd);
    if (client->reply_fd >= 0)
        close(client->reply_fd);
    *client = (struct keeper_client){.fd = -1, .reply_fd = -1};
}

static bool has_output(const struct keeper *keeper, const struct keeper_client *client)
{
    if (client->reply_waits)
        return true;
    return client->subscribed && (!client->synced || next_for(keeper, client));
}

static int send_reply(struct keeper_client *client)
{
    int error = wire_send(client->fd, &client->reply, sizeof client->reply, client->reply_fd);

    if (error)
        return error;
    if (client->reply_fd >= 0)
        close(client->reply_fd);
    client->reply_fd = -1;
    client->reply_waits = false;
    return 0;
}

static int send_next(struct keeper *keeper, struct keeper_client *client)
{
    const struct keeper_entry *entry = next_for(keeper, client);
    struct wire message = {.version = WIRE_VERSION, .kind = WIRE_SYNCED};
    int fd = -1;
    int error;

    if (entry) {
        fd = entry->fd;
        message.kind = fd < 0 ? WIRE_REMOVE : WIRE_ADD;
        message.address = entry->address;
    }
    error = wire_send(client->fd, &message, sizeof message, fd);
    if (error)
        return error;
    if (entry)
        client->seen = entry->sequence;
    else
        client->synced = true;
    return 0;
}

/* Sends what the client's socket takes; never waits for a client. */
static void pump(struct keeper *keeper, struct keeper_client *client)
{
    int error = 0;

    while (!error && has_output(keeper, client))
        error = client->reply_waits ? send_reply(client) : send_next(keeper, client);
    if (error && error != -EAGAIN && error != -ETOOMANYREFS)
        close_client(client);
}

static void pump_all(struct keeper *keeper)
{
    for (int i = 0; i < KEEPER_CLIENTS_MAX; i++)
        if (keeper->client[i].fd >= 0)
            pump(keeper, &keeper->client[i]);
}

/* Takes fd over. An address that is held stays with the socket that is held; result -EEXIST. */
static int add(struct keeper *keeper, const struct wire *request, int fd)
{
    struct keeper_entry *entry = find(keeper, &request->address);
    char text[ADDRESS_TEXT];
    int result = 0;

    if (fd < 0 || !tcp_is_bound_to(fd, &request->address))
        result = -EINVAL;
    else if (entry && entry->fd >= 0)
        result = tcp_inode(entry->fd) == tcp_inode(fd) ? 0 : -EEXIST;
    else if (entry && request->kind == WIRE_OFFER)
        result = -ESTALE; /* dropped while this launcher was away */
    else if (!entry && !(entry = place(keeper)))
        result = -ENOSPC;
    else {
        *entry = (struct keeper_entry){request->address, fd, ++keeper->sequence};
        log_info("listener kept", TEXT("address", address_format(&request->address, text)),
                 TEXT("from", request->kind == WIRE_OFFER ? "copy" : "bind"));
        return 0;
    }
    if (fd >= 0)
        close(fd);
    return result;
}

static int drop(struct keeper *keeper, const struct address *address)
{
    struct keeper_entry *entry = find(keeper, address);
    char text[ADDRESS_TEXT];

    if (!entry || entry->fd < 0)
        return -ENOENT;
    close(entry->fd);
    entry->fd = -1;
    entry->sequence = ++keeper->sequence;
    log_info("listener dropped", TEXT("address", address_format(address, text)));
    return 0;
}

static void reply(struct keeper *keeper, struct keeper_client *client, const struct wire *request,
                  int result)
{
    struct keeper_entry *entry = find(keeper, &request->address);
    bool with_fd = result == -EEXIST || (result == 0 && request->kind == WIRE_GET);

    client->reply = *request;
    client->reply.kind = WIRE_REPLY;
    client->reply.result = result;
    client->reply_waits = true;
    if (!with_fd || !entry)
        return;
    client->reply_fd = fcntl(entry->fd, F_DUPFD_CLOEXEC, 0);
    if (client->reply_fd < 0)
        client->reply.result = -errno;
}

/* Takes fd over. False: the peer does not speak our protocol. */
static bool obey(struct keeper *keeper, struct keeper_client *client, const struct wire *request,
                 int fd)
{
    struct keeper_entry *entry;

    if (request->kind == WIRE_OFFER || request->kind == WIRE_REGISTER) {
        reply(keeper, client, request, add(keeper, request, fd));
        return true;
    }
    if (fd >= 0)
        close(fd);
    switch (request->kind) {
    case WIRE_GET:
        entry = find(keeper, &request->address);
        reply(keeper, client, request, entry && entry->fd >= 0 ? 0 : -ENOENT);
        return true;
    case WIRE_DROP:
        reply(keeper, client, request, drop(keeper, &request->address));
        return true;
    case WIRE_SUBSCRIBE:
        client->subscribed = true;
        return true;
    default:
        return false;
    }
}

static void read_client(struct keeper *keeper, struct keeper_client *client)
{
    struct wire request;
    int fd;
    int got = wire_receive(client->fd, &request, &fd);

    if (got == -EAGAIN)
        return;
    if (got == 1 && obey(keeper, client, &request, fd))
        return;
    if (got != 0 && got != -ECONNRESET)
        log_warn("closed the connection of a peer that does not speak the keeper's protocol");
    close_client(client);
}

/* A free place, or that of the oldest peer that has not subscribed, as every launcher does at once:
 * connections that somebody forgot to close must not lock out a launcher. NULL: all are launchers. */
static struct keeper_client *client_place(struct keeper *keeper)
{
    struct keeper_client *oldest = NULL;

    for (int i = 0; i < KEEPER_CLIENTS_MAX; i++) {
        struct keeper_client *client = &keeper->client[i];
        if (client->fd < 0)
            return client;
        if (!client->subscribed && (!oldest || client->since < oldest->since))
            oldest = client;
    }
    if (oldest)
        close_client(oldest);
    return oldest;
}

static void accept_client(struct keeper *keeper)
{
    const int size = SEND_BUFFER;
    bool permitted;
    int fd = unix_accept(keeper->socket.fd, keeper->allowed, &permitted);
    struct keeper_client *client;

    if (fd < 0)
        return;
    client = permitted ? client_place(keeper) : NULL;
    if (!client) {
        if (permitted)
            log_warn("refused a launcher: too many connections",
                     NUMBER("limit", KEEPER_CLIENTS_MAX));
        close(fd);
        return;
    }
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size))
        log_warn("send buffer not set", TEXT("error", strerror(errno)));
    client->fd = fd;
    client->since = ++keeper->accepted;
}

void keeper_prepare(struct keeper *keeper, struct pollfd *polls)
{
    polls[0] = (struct pollfd){.fd = keeper->socket.fd, .events = POLLIN};
    for (int i = 0; i < KEEPER_CLIENTS_MAX; i++) {
        const struct keeper_client *client = &keeper->client[i];
        short events = client->reply_waits ? 0 : POLLIN;
        if (client->fd >= 0 && has_output(keeper, client))
            events |= POLLOUT;
        polls[i + 1] = (struct pollfd){.fd = client->fd, .events = events};
    }
}

void keeper_handle(struct keeper *keeper, const struct pollfd *polls)
{
    for (int i = 0; i < KEEPER_CLIENTS_MAX; i++) {
        struct keeper_client *client = &keeper->client[i];
        short events = polls[i + 1].revents;
        if (client->fd < 0 || !events)
            continue;
        if (events & POLLIN)
            read_client(keeper, client);
        else if (events & (POLLHUP | POLLERR | POLLNVAL))
            close_client(client);
    }
    if (polls[0].revents)
        accept_client(keeper);
    pump_all(keeper);
}

bool keeper_is_behind(const struct keeper *keeper)
{
    for (int i = 0; i < KEEPER_CLIENTS_MAX; i++)
        if (keeper->client[i].fd >= 0 && has_output(keeper, &keeper->client[i]))
            return true;
    return false;
}
