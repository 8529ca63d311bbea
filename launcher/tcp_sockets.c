#include "tcp_sockets.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Connections that count:
 * ESTABLISHED - a request may be on its way although the connection looks idle.
 * CLOSE_WAIT - the client has ended its side and may be waiting for the answer all the same. The
 *   kernel cannot tell a client that shut down one half from one that is gone; the process that
 *   keeps the descriptor open says that it is not done.
 * FIN_WAIT1, CLOSING, LAST_ACK - the end of the answer is not acknowledged; if the process were
 *   killed now with something unread, the reset would reach the client instead of the answer.
 * Not FIN_WAIT2 and TIME_WAIT: the client has all that it will ever get. Not SYN_RECV: such a
 * connection is the listener's, which others hold. */
enum {
    STATES = 1 << TCP_ESTABLISHED | 1 << TCP_CLOSE_WAIT | 1 << TCP_FIN_WAIT1 | 1 << TCP_CLOSING |
             1 << TCP_LAST_ACK,
    /* The kernel fills 32 KB at a time at most; what does not fit one read comes with the next. */
    RECEIVE_SIZE = 16 * 1024,
};

static int ask(int netlink, sa_family_t family)
{
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 question;
    } request = {
        .header =
            {
                .nlmsg_len = sizeof request,
                .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
            },
        .question =
            {
                .sdiag_family = (__u8)family,
                .sdiag_protocol = IPPROTO_TCP,
                .idiag_states = STATES,
            },
    };

    return send(netlink, &request, sizeof request, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void tell(const struct inet_diag_msg *found, tcp_socket_seen *seen, void *context)
{
    struct tcp_socket socket = {.inode = found->idiag_inode};
    struct address *local = &socket.local;

    local->family = found->idiag_family;
    local->port = ntohs(found->id.idiag_sport);
    memcpy(local->ip, found->id.idiag_src, local->family == AF_INET ? 4 : sizeof local->ip);
    if (local->family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL((const struct in6_addr *)local->ip))
        local->scope = found->id.idiag_if;
    seen(context, &socket);
}

/* 1: that was the last; 0: more is to come. */
static int tell_all(const char *data, size_t length, tcp_socket_seen *seen, void *context)
{
    struct nlmsghdr header;
    struct nlmsgerr error;
    struct inet_diag_msg found;

    for (; length >= sizeof header; data += NLMSG_ALIGN(header.nlmsg_len),
                                    length -= NLMSG_ALIGN(header.nlmsg_len)) {
        const char *body = data + NLMSG_HDRLEN;
        memcpy(&header, data, sizeof header);
        if (header.nlmsg_len < NLMSG_HDRLEN || NLMSG_ALIGN(header.nlmsg_len) > length)
            return -EBADMSG;
        if (header.nlmsg_type == NLMSG_DONE)
            return 1;
        if (header.nlmsg_type == NLMSG_ERROR) {
            if (header.nlmsg_len < NLMSG_HDRLEN + sizeof error)
                return -EBADMSG;
            memcpy(&error, body, sizeof error);
            return error.error ? error.error : -EBADMSG;
        }
        if (header.nlmsg_len < NLMSG_HDRLEN + sizeof found)
            return -EBADMSG;
        memcpy(&found, body, sizeof found);
        tell(&found, seen, context);
    }
    return length ? -EBADMSG : 0;
}

static int dump(int netlink, sa_family_t family, tcp_socket_seen *seen, void *context)
{
    _Alignas(NLMSG_ALIGNTO) char data[RECEIVE_SIZE];
    int result = ask(netlink, family);

    while (!result) {
        ssize_t got = recv(netlink, data, sizeof data, MSG_DONTWAIT | MSG_TRUNC);
        if (got < 0)
            return -errno;
        if (got == 0 || (size_t)got > sizeof data)
            return -EMSGSIZE;
        result = tell_all(data, (size_t)got, seen, context);
    }
    return result < 0 ? result : 0;
}

int tcp_sockets_each(tcp_socket_seen *seen, void *context)
{
    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    int error;

    if (netlink < 0)
        return -errno;
    error = dump(netlink, AF_INET, seen, context);
    if (!error) {
        error = dump(netlink, AF_INET6, seen, context);
        if (error == -ENOENT)
            error = 0; /* a kernel without IPv6 */
    }
    close(netlink);
    return error;
}
