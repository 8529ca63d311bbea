#include "wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A peer may send more descriptors than it should: all that fit here are closed one by one, the
 * kernel drops the rest and says so with MSG_CTRUNC. */
enum { FDS_MAX = 8 };

union control {
    char space[CMSG_SPACE(FDS_MAX * sizeof(int))];
    struct cmsghdr header;
};

int wire_send(int socket, const void *data, size_t size, int fd)
{
    struct iovec part = {.iov_base = (void *)data, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    union control control;

    if (fd >= 0) {
        memset(&control, 0, sizeof control);
        control.header.cmsg_len = CMSG_LEN(sizeof fd);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof fd);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static bool take_fd(struct msghdr *message, int *fd)
{
    bool good = !(message->msg_flags & (MSG_CTRUNC | MSG_TRUNC));
    int got[FDS_MAX];

    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header;
         header = CMSG_NXTHDR(message, header)) {
        size_t bytes = header->cmsg_len - CMSG_LEN(0);
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
            continue;
        memcpy(got, CMSG_DATA(header), bytes);
        for (size_t i = 0; i < bytes / sizeof(int); i++) {
            if (*fd < 0) {
                *fd = got[i];
                continue;
            }
            good = false;
            close(got[i]);
        }
    }
    if (good)
        return true;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    return false;
}

ssize_t wire_receive_raw(int socket, void *data, size_t size, int *fd)
{
    struct iovec part = {.iov_base = data, .iov_len = size};
    union control control;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    ssize_t got;

    *fd = -1;
    got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (got < 0)
        return -errno;
    return take_fd(&message, fd) ? got : -EBADMSG;
}

int wire_receive(int socket, struct wire *message, int *fd)
{
    ssize_t got = wire_receive_raw(socket, message, sizeof *message, fd);

    if (got <= 0)
        return (int)got;
    if (got == sizeof *message && message->version == WIRE_VERSION)
        return 1;
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    return -EBADMSG;
}
