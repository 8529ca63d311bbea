/* The keeper: switchboard for the pod's listeners. It gives every subscribed launcher a copy of
 * every socket; the sockets live as long as any of them does, so its own death loses nothing. */
#ifndef BATON_KEEPER_H
#define BATON_KEEPER_H
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "listeners.h"
#include "served_socket.h"
#include "unix_socket.h"
#include "wire.h"

enum { KEEPER_CLIENTS_MAX = 32, KEEPER_POLLS = KEEPER_CLIENTS_MAX + 1 };

struct keeper_entry {
    struct address address;
    int fd;            /* -1: dropped; remembered, so that a launcher that was away drops it too */
    uint64_t sequence; /* of the last change: what a client has not seen is what is above its own */
};

struct keeper_client {
    int fd; /* -1: free */
    bool subscribed;
    bool synced;
    uint64_t since; /* how many came before it */
    bool reply_waits; /* its socket was full; no further request is read before it is sent */
    int reply_fd;
    struct wire reply;
    uint64_t seen;
};

struct keeper {
    struct served_socket socket;
    const struct allowed_uids *allowed;
    uint64_t sequence;
    uint64_t accepted;
    size_t count;
    struct keeper_entry entry[LISTENERS_MAX];
    struct keeper_client client[KEEPER_CLIENTS_MAX];
};

/* As served_socket_open. */
int keeper_start(struct keeper *keeper, const char *path, const struct allowed_uids *allowed);
/* The moment to call again. */
int64_t keeper_tick(struct keeper *keeper, int64_t now);
/* Fills KEEPER_POLLS entries. */
void keeper_prepare(struct keeper *keeper, struct pollfd *polls);
void keeper_handle(struct keeper *keeper, const struct pollfd *polls);
/* Whether something could not be sent although the client's socket is writable: try again soon. */
bool keeper_is_behind(const struct keeper *keeper);

#endif
