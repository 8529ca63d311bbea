/* Messages between launchers and keeper: SOCK_SEQPACKET, one struct a packet, at most one
 * descriptor with it. Both ends are the same binary or its neighbour by one release: the version
 * is checked. */
#ifndef BATON_WIRE_H
#define BATON_WIRE_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "address.h"

enum { WIRE_VERSION = 1 };

enum wire_kind {
    /* launcher -> keeper; each but SUBSCRIBE is answered by one REPLY */
    WIRE_OFFER = 1, /* fd: a copy, to fill a keeper that was restarted */
    WIRE_REGISTER,  /* fd: a socket just bound for the child */
    WIRE_GET,
    WIRE_DROP,
    WIRE_SUBSCRIBE, /* from now on ADD and REMOVE, first for all there is, then SYNCED */
    /* keeper -> launcher */
    WIRE_REPLY,  /* result 0 or -errno; fd with GET and with -EEXIST */
    WIRE_ADD,    /* fd */
    WIRE_REMOVE,
    WIRE_SYNCED,
};

struct wire {
    uint8_t version;
    uint8_t kind;
    uint8_t zero[2];
    int32_t result;
    struct address address;
};

/* 0 or -errno. fd -1: none. */
int wire_send(int socket, const void *data, size_t size, int fd);
/* 1: a message; 0: end of the connection; -EAGAIN: nothing there; else -errno, where -EBADMSG is
 * anything but one whole message of our version. *fd is -1 or the caller's to close. */
int wire_receive(int socket, struct wire *message, int *fd);
/* As above for any packet: number of bytes, 0 at the end, or -errno. */
ssize_t wire_receive_raw(int socket, void *data, size_t size, int *fd);

#endif
