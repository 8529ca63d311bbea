/* Server of the line protocol: connections, lines, answers. What the lines mean is slot_commands.c.
 * A peer can be slow, stuck or hostile: nothing here waits for one. */
#ifndef BATON_CONTROL_H
#define BATON_CONTROL_H
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "served_socket.h"
#include "text.h"
#include "unix_socket.h"

enum {
    CONTROL_PEERS_MAX = 16,
    CONTROL_POLLS = CONTROL_PEERS_MAX + 1,
    CONTROL_LINE_MAX = 4096,
    CONTROL_OUTPUT_MAX = 128 * 1024, /* `list` with a full table, and as many events */
};

struct control_peer {
    int fd; /* -1: free */
    bool watching;
    bool ending; /* closed when all output is sent */
    uint64_t since;
    size_t input_length;
    size_t output_start;
    size_t output_end;
    char *input;  /* CONTROL_LINE_MAX bytes */
    char *output; /* CONTROL_OUTPUT_MAX bytes */
};

struct control {
    struct served_socket socket;
    const struct allowed_uids *allowed;
    uint64_t accepted;
    /* Adds the answer to one request line (without its end), newline included. Sets *watch when the
     * peer is to get events from now on. */
    void (*answer)(void *context, char *line, struct text *answer, bool *watch);
    void *context;
    struct control_peer peer[CONTROL_PEERS_MAX];
    /* Apart from the peers: a page of a buffer that was never used is no memory. */
    char input[CONTROL_PEERS_MAX][CONTROL_LINE_MAX];
    char output[CONTROL_PEERS_MAX][CONTROL_OUTPUT_MAX];
};

/* As served_socket_open. answer and context must be set before. */
int control_start(struct control *control, const char *path, const struct allowed_uids *allowed);
/* The moment to call again. */
int64_t control_tick(struct control *control, int64_t now);
/* Fills CONTROL_POLLS entries. */
void control_prepare(const struct control *control, struct pollfd *polls);
void control_handle(struct control *control, const struct pollfd *polls);
/* Sends one line to every watcher; a watcher that does not read is dropped. */
void control_push(struct control *control, const struct text *line);

#endif
