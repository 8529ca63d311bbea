#include "control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"

int control_start(struct control *control, const char *path, const struct allowed_uids *allowed)
{
    control->allowed = allowed;
    for (int i = 0; i < CONTROL_PEERS_MAX; i++)
        control->peer[i] = (struct control_peer){
            .fd = -1,
            .input = control->input[i],
            .output = control->output[i],
        };
    return served_socket_open(&control->socket, path, SOCK_STREAM);
}

int64_t control_tick(struct control *control, int64_t now)
{
    return served_socket_tick(&control->socket, now);
}

static void close_peer(struct control_peer *peer)
{
    close(peer->fd);
    peer->fd = -1;
}

static void flush(struct control_peer *peer)
{
    while (peer->output_start < peer->output_end) {
        ssize_t sent = send(peer->fd, peer->output + peer->output_start,
                            peer->output_end - peer->output_start, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EAGAIN)
            return;
        if (sent < 0) {
            close_peer(peer);
            return;
        }
        peer->output_start += (size_t)sent;
    }
    peer->output_start = peer->output_end = 0;
    if (peer->ending)
        close_peer(peer);
}

/* Where the next line of output goes. */
static struct text output_of(struct control_peer *peer)
{
    size_t length = peer->output_end - peer->output_start;

    memmove(peer->output, peer->output + peer->output_start, length);
    peer->output_start = 0;
    peer->output_end = length;
    return text_in(peer->output + length, CONTROL_OUTPUT_MAX - length);
}

static void answer_line(struct control *control, struct control_peer *peer, char *line)
{
    struct text answer = output_of(peer);

    control->answer(control->context, line, &answer, &peer->watching);
    if (answer.overflow) {
        log_warn("closed the connection of a peer that does not read");
        close_peer(peer);
        return;
    }
    peer->output_end += answer.length;
}

static void answer_lines(struct control *control, struct control_peer *peer)
{
    char *line = peer->input;
    char *end;

    while (peer->fd >= 0 &&
           (end = memchr(line, '\n', peer->input_length - (size_t)(line - peer->input)))) {
        *end = '\0';
        answer_line(control, peer, line);
        line = end + 1;
        /* Many short requests in one piece, each with a long answer: only who does not read fills
         * the buffer. */
        if (peer->fd >= 0 && peer->output_end > CONTROL_OUTPUT_MAX / 2)
            flush(peer);
    }
    if (peer->fd < 0)
        return;
    peer->input_length -= (size_t)(line - peer->input);
    memmove(peer->input, line, peer->input_length);
    if (peer->input_length < CONTROL_LINE_MAX)
        return;
    peer->input_length = 0;
    peer->ending = true;
    struct text answer = output_of(peer);
    text_add(&answer, "{\"ok\":false,\"error\":\"line longer than %d bytes\"}\n", CONTROL_LINE_MAX);
    if (!answer.overflow)
        peer->output_end += answer.length;
}

static void read_peer(struct control *control, struct control_peer *peer)
{
    ssize_t got = recv(peer->fd, peer->input + peer->input_length,
                       CONTROL_LINE_MAX - peer->input_length, MSG_DONTWAIT);

    if (got < 0 && errno == EAGAIN)
        return;
    if (got < 0) {
        close_peer(peer);
        return;
    }
    if (got == 0)
        peer->ending = true; /* `echo status | nc`: it still wants its answer */
    peer->input_length += (size_t)got;
    answer_lines(control, peer);
    if (peer->fd >= 0)
        flush(peer);
}

/* A free place, or that of the oldest peer that does not watch: connections that somebody forgot to
 * close must not lock out the agent. */
static struct control_peer *place(struct control *control)
{
    struct control_peer *oldest = &control->peer[0];

    for (int i = 0; i < CONTROL_PEERS_MAX; i++) {
        struct control_peer *peer = &control->peer[i];
        if (peer->fd < 0)
            return peer;
        if (peer->watching != oldest->watching ? !peer->watching : peer->since < oldest->since)
            oldest = peer;
    }
    close_peer(oldest);
    return oldest;
}

static void refuse(int fd)
{
    static const char answer[] = "{\"ok\":false,\"error\":\"this uid may not command the launcher\"}\n";

    if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        log_warn("refusal not sent", TEXT("error", strerror(errno)));
    close(fd);
}

static void accept_peer(struct control *control)
{
    bool permitted;
    int fd = unix_accept(control->socket.fd, control->allowed, &permitted);
    struct control_peer *peer;

    if (fd < 0)
        return;
    if (!permitted) {
        refuse(fd);
        return;
    }
    peer = place(control);
    peer->fd = fd;
    peer->watching = peer->ending = false;
    peer->since = ++control->accepted;
    peer->input_length = peer->output_start = peer->output_end = 0;
}

void control_prepare(const struct control *control, struct pollfd *polls)
{
    polls[0] = (struct pollfd){.fd = control->socket.fd, .events = POLLIN};
    for (int i = 0; i < CONTROL_PEERS_MAX; i++) {
        const struct control_peer *peer = &control->peer[i];
        short events = peer->ending ? 0 : POLLIN;
        if (peer->fd >= 0 && peer->output_start < peer->output_end)
            events |= POLLOUT;
        polls[i + 1] = (struct pollfd){.fd = peer->fd, .events = events};
    }
}

void control_handle(struct control *control, const struct pollfd *polls)
{
    for (int i = 0; i < CONTROL_PEERS_MAX; i++) {
        struct control_peer *peer = &control->peer[i];
        short events = polls[i + 1].revents;
        if (peer->fd != polls[i + 1].fd || peer->fd < 0 || !events)
            continue;
        if (events & POLLIN)
            read_peer(control, peer);
        else if (events & POLLOUT)
            flush(peer);
        else
            close_peer(peer);
    }
    if (polls[0].revents)
        accept_peer(control);
}

void control_push(struct control *control, const struct text *line)
{
    for (int i = 0; i < CONTROL_PEERS_MAX; i++) {
        struct control_peer *peer = &control->peer[i];
        if (peer->fd < 0 || !peer->watching)
            continue;
        struct text output = output_of(peer);
        text_add(&output, "%s", line->at);
        if (output.overflow) {
            log_warn("dropped a watcher that does not read");
            close_peer(peer);
            continue;
        }
        peer->output_end += output.length;
        flush(peer);
    }
}
