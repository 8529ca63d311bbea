#include "adopt.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "tracee.h"

static const struct socket_options no_options;

static const struct socket_options *options_of(const struct adopt *adopt, uint64_t inode)
{
    for (size_t i = 0; i < UNBOUND_MAX; i++)
        if (adopt->unbound[i].inode == inode)
            return &adopt->unbound[i].options;
    return &no_options;
}

static void forget_options(struct adopt *adopt, uint64_t inode)
{
    for (size_t i = 0; i < UNBOUND_MAX; i++)
        if (adopt->unbound[i].inode == inode)
            adopt->unbound[i].inode = 0;
}

static void record(struct adopt *adopt, uint64_t inode, const struct socket_option *option)
{
    struct unbound *place = NULL;
    struct socket_options *options;

    for (size_t i = 0; i < UNBOUND_MAX && !place; i++)
        if (adopt->unbound[i].inode == inode)
            place = &adopt->unbound[i];
    if (!place) {
        place = &adopt->unbound[adopt->next_unbound++ % UNBOUND_MAX];
        *place = (struct unbound){.inode = inode};
    }
    options = &place->options;
    for (size_t i = 0; i < options->count; i++) {
        if (options->option[i].level == option->level && options->option[i].name == option->name) {
            options->option[i].value = option->value;
            return;
        }
    }
    /* The filter lets seven different options through, so the table cannot be full. */
    if (options->count < SOCKET_OPTIONS_MAX)
        options->option[options->count++] = *option;
}

static void on_setsockopt(struct adopt *adopt, int listener, const struct notification *call)
{
    struct socket_option option = {(int)call->argument[1], (int)call->argument[2], 0};
    size_t size = call->argument[4] < sizeof option.value ? call->argument[4] : sizeof option.value;
    struct tracee_socket socket;

    /* The kernel takes one byte or an int for options of IPPROTO_IP; ours are little-endian. */
    if (!tracee_socket(call->pid, (int)call->argument[0], &socket) && socket.tcp &&
        tracee_read(call->pid, call->argument[3], &option.value, size) == (ssize_t)size &&
        seccomp_valid(listener, call->id))
        record(adopt, socket.inode, &option);
    seccomp_continue(listener, call->id);
}

static bool is_listening(int fd)
{
    int yes = 0;
    socklen_t size = sizeof yes;

    return !getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &size) && yes;
}

/* The child calls listen(2), or asks whether its socket listens: who hears yes leaves the call out. */
static enum adopt_event on_listen(struct adopt *adopt, int listener, int side,
                                  const struct notification *call, struct address *address)
{
    struct tracee_socket socket;
    struct listener *held = NULL;
    enum adopt_event event = ADOPT_NOTHING;
    bool asks = call->call == CALL_ASK_LISTENING;

    if (!tracee_socket(call->pid, (int)call->argument[0], &socket) &&
        seccomp_valid(listener, call->id))
        held = listeners_find_inode(adopt->link->listeners, socket.inode);
    /* Called here first, on the same socket: when the event says that it listens, it does, and not
     * only as soon as the kernel comes round to the child's own call. */
    if (held && !held->listening[side] &&
        (asks ? is_listening(held->fd) : !listen(held->fd, (int)call->argument[1]))) {
        held->listening[side] = true;
        *address = held->address;
        event = ADOPT_LISTENING;
    }
    seccomp_continue(listener, call->id);
    return event;
}

/* The held listener for the address, made now if nobody in the pod has one. */
static struct listener *obtain(struct adopt *adopt, const struct address *address,
                               const struct socket_options *options, const char **how, int *error)
{
    struct listener *held = listeners_find(adopt->link->listeners, address);
    int fd;

    *how = "adopted";
    if (held) {
        tcp_update(held->fd, options);
        return held;
    }
    /* pidfd_getfd of the child's own socket would keep every option it has set, but RuntimeDefault
     * refuses it: the launcher makes the socket, with the options recorded. */
    fd = tcp_bind(address, options, true);
    if (fd >= 0) {
        *how = "made";
        return keeper_link_register(adopt->link, address, fd, error);
    }
    /* Another launcher may have bound it a moment ago and be about to register it. */
    if (fd == -EADDRINUSE)
        held = keeper_link_get(adopt->link, address);
    *error = held ? 0 : fd;
    return held;
}

static int give(int listener, const struct notification *call, int socket, int flags)
{
    return seccomp_replace(listener, call->id, socket, (int)call->argument[0], flags & O_CLOEXEC);
}

static int bind_private(int listener, const struct notification *call, uint16_t to,
                        struct address address, const struct tracee_socket *socket,
                        const struct socket_options *options)
{
    const uint16_t from = address.port;
    char text[ADDRESS_TEXT];
    int error;
    int fd;

    address.port = to;
    fd = tcp_bind(&address, options, socket->flags & O_NONBLOCK);
    error = fd < 0 ? fd : give(listener, call, fd, socket->flags);
    if (fd >= 0)
        close(fd);
    address_format(&address, text);
    if (error)
        log_warn("bind of private port failed", TEXT("address", text),
                 TEXT("error", strerror(-error)));
    else
        log_info("private port moved", NUMBER("from", from), TEXT("address", text));
    return error;
}

/* A call that a signal interrupted after its socket was replaced comes again with the held socket
 * (kernels before 5.19): then there is nothing left to do. */
static int bind_held(struct adopt *adopt, int listener, int side, const struct notification *call,
                     const struct address *address, const struct tracee_socket *socket,
                     struct listener **held)
{
    const struct socket_options *options = options_of(adopt, socket->inode);
    char text[ADDRESS_TEXT];
    const char *how = "adopted";
    int error = 0;

    *held = obtain(adopt, address, options, &how, &error);
    if (*held && (*held)->inode != socket->inode)
        error = give(listener, call, (*held)->fd, socket->flags);
    else if (!*held && error == -ECONNREFUSED)
        error = -EADDRINUSE; /* no keeper, no copy: rather no bind than a split of the traffic */
    address_format(address, text);
    if (error)
        log_warn("bind refused", TEXT("address", text), TEXT("error", strerror(-error)),
                 NUMBER("keeper", adopt->link->fd >= 0));
    else if (!(*held)->bound[side])
        log_info("bind answered with held listener", TEXT("address", text), TEXT("listener", how),
                 NUMBER("pid", call->pid));
    return error;
}

/* True when it is for an internet socket and a port; *address is what it wants to bind. */
static bool read_bind(int listener, const struct notification *call, struct address *address,
                      struct tracee_socket *socket)
{
    struct sockaddr_storage sockaddr;
    size_t size = call->argument[2] < sizeof sockaddr ? call->argument[2] : sizeof sockaddr;
    ssize_t got = tracee_read(call->pid, call->argument[1], &sockaddr, size);
    int error = got < 0 ? (int)got : 0;

    if (got >= 0 && (!address_from_sockaddr(address, &sockaddr, (size_t)got) || !address->port))
        return false;
    if (!error)
        error = tracee_socket(call->pid, (int)call->argument[0], socket);
    if (!seccomp_valid(listener, call->id) || error == -EBADF || error == -ENOTSOCK)
        return false;
    if (error) {
        /* E.g. a program file that its user may execute but not read. Its bind cannot split the
         * traffic: no held socket has SO_REUSEPORT. */
        log_error("bind could not be read, the kernel decides", NUMBER("pid", call->pid),
                  TEXT("error", strerror(-error)));
        return false;
    }
    return socket->family == address->family;
}

static enum adopt_event on_bind(struct adopt *adopt, int listener, int side,
                                const struct notification *call, struct address *address)
{
    struct tracee_socket socket;
    const struct private_port *private_port;
    struct listener *held = NULL;
    enum adopt_event event = ADOPT_NOTHING;
    int error;

    if (!read_bind(listener, call, address, &socket)) {
        seccomp_continue(listener, call->id);
        return ADOPT_NOTHING;
    }
    if (socket.udp)
        unheld_add(adopt->unheld, side, address);
    private_port = private_ports_find(adopt->private_ports, address->port);
    if (!socket.tcp || (private_port && private_port->from == private_port->to[side])) {
        seccomp_continue(listener, call->id);
        return ADOPT_NOTHING;
    }
    if (private_port)
        error = bind_private(listener, call, private_port->to[side], *address, &socket,
                             options_of(adopt, socket.inode));
    else
        error = bind_held(adopt, listener, side, call, address, &socket, &held);
    forget_options(adopt, socket.inode);
    if (!error && held && !held->bound[side]) {
        held->bound[side] = true;
        event = ADOPT_BOUND;
    }
    seccomp_answer(listener, call->id, error);
    return event;
}

enum adopt_event adopt_next(struct adopt *adopt, int listener, int side, struct address *address)
{
    struct notification call;

    if (seccomp_receive(listener, &call))
        return ADOPT_NOTHING; /* the caller was killed between poll(2) and here */
    switch (call.call) {
    case CALL_EXIT:
        adopt->exiting = call;
        return ADOPT_EXITING;
    case CALL_BIND:
        return on_bind(adopt, listener, side, &call, address);
    case CALL_LISTEN:
    case CALL_ASK_LISTENING:
        return on_listen(adopt, listener, side, &call, address);
    case CALL_SETSOCKOPT:
        on_setsockopt(adopt, listener, &call);
        return ADOPT_NOTHING;
    }
    return ADOPT_NOTHING;
}
