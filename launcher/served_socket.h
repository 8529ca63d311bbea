/* A listening unix socket that is found under its path for as long as the launcher runs: made again
 * when somebody empties the run directory or puts another in its place. Who is connected stays
 * so. */
#ifndef BATON_SERVED_SOCKET_H
#define BATON_SERVED_SOCKET_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { SOCKET_PATH_SIZE = 108 }; /* of struct sockaddr_un */

struct served_socket {
    char path[SOCKET_PATH_SIZE];
    int type;
    int fd; /* -1: could not be made yet */
    dev_t device;
    ino_t inode; /* of the path, not of the socket */
    bool failing;
    int64_t look_at_ms;
};

/* 0, also when it could not be made now, for that may change; -ENAMETOOLONG: never. */
int served_socket_open(struct served_socket *served, const char *path, int type);
/* Looks when it is time to. The moment to call again. */
int64_t served_socket_tick(struct served_socket *served, int64_t now);

#endif
