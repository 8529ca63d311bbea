/* Messages with descriptors, to the keeper and from it. Whatever comes, only well-formed messages
 * go back, and no descriptor is lost. */
#include "../keeper.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../keeper_link.h"
#include "../tcp.h"
#include "../wire.h"
#include "fuzz.h"

enum { ADDRESSES = 6, MESSAGES_MAX = 12, FDS_MAX = 12 };

static void choose_address(struct address *address)
{
    *address = (struct address){
        .family = AF_INET,
        .port = (uint16_t)(20000 + random_below(ADDRESSES)),
        .ip = {127, 9, 9, 9},
    };
}

static int choose_descriptor(const struct address *address)
{
    static const struct socket_options no_options;
    int fd = random_below(4) ? tcp_bind(address, &no_options, true) : -1;

    return fd >= 0 ? fd : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* Returns how many descriptors went with it. */
static void send_message(int socket, uint8_t lowest_kind, uint8_t kinds)
{
    static struct input input;
    struct wire message = {.version = WIRE_VERSION,
                           .kind = (uint8_t)(lowest_kind + random_below(kinds))};
    union {
        char space[CMSG_SPACE(FDS_MAX * sizeof(int))];
        struct cmsghdr header;
    } control = {0};
    struct iovec part = {.iov_base = input.bytes};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    int fds[FDS_MAX];
    uint32_t count = random_below(3) ? 1 : random_below(FDS_MAX + 1);

    choose_address(&message.address);
    memcpy(input.bytes, &message, sizeof message);
    input.length = sizeof message;
    if (!random_below(3))
        mutate(&input);
    part.iov_len = input.length;
    for (uint32_t i = 0; i < count; i++)
        fds[i] = choose_descriptor(&message.address);
    if (count) {
        control.header.cmsg_len = CMSG_LEN(count * sizeof *fds);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        memcpy(CMSG_DATA(&control.header), fds, count * sizeof *fds);
        header.msg_control = &control;
        header.msg_controllen = CMSG_SPACE(count * sizeof *fds);
    }
    (void)!sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT); /* closed: also an end */
    for (uint32_t i = 0; i < count; i++)
        close(fds[i]);
}

static void check_answers(int socket)
{
    struct wire message;
    ssize_t got;
    int fd;

    while ((got = wire_receive_raw(socket, &message, sizeof message, &fd)) > 0) {
        check(got == sizeof message && message.version == WIRE_VERSION, "a message of our version");
        check(message.kind >= WIRE_REPLY && message.kind <= WIRE_SYNCED, "a kind that answers");
        if (fd >= 0)
            close(fd);
    }
}

static void make_pair(int pair[2])
{
    check(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), "a pair");
}

void fuzz_keeper(void)
{
    static struct keeper keeper;
    static int others;
    struct pollfd polls[KEEPER_POLLS];
    int kept = 0;
    int pair[2];

    if (!others) {
        keeper.socket.fd = -1;
        for (int i = 0; i < KEEPER_CLIENTS_MAX; i++)
            keeper.client[i] = (struct keeper_client){.fd = -1, .reply_fd = -1};
        others = open_descriptors();
    }
    make_pair(pair);
    keeper.client[0].fd = pair[0];
    for (uint32_t count = random_below(MESSAGES_MAX); count > 0; count--) {
        send_message(pair[1], WIRE_OFFER, WIRE_SUBSCRIBE - WIRE_OFFER + 1);
        keeper_prepare(&keeper, polls);
        if (poll(polls, KEEPER_POLLS, 0) > 0)
            keeper_handle(&keeper, polls);
        check_answers(pair[1]);
    }
    close(pair[1]);
    for (int i = 0; keeper.client[0].fd >= 0 && i < 2 * MESSAGES_MAX; i++) {
        keeper_prepare(&keeper, polls);
        if (poll(polls, KEEPER_POLLS, 0) > 0)
            keeper_handle(&keeper, polls);
    }
    check(keeper.client[0].fd < 0, "a client that is gone to be forgotten");
    for (size_t i = 0; i < keeper.count; i++)
        kept += keeper.entry[i].fd >= 0;
    check(open_descriptors() == others + kept, "as many descriptors as listeners are kept");
}

void fuzz_keeper_link(void)
{
    static struct listeners listeners;
    static struct keeper_link link;
    static int others;
    int pair[2];

    if (!others) {
        keeper_link_start(&link, "/nowhere/keep.sock", &listeners);
        others = open_descriptors();
    }
    make_pair(pair);
    link.fd = pair[0];
    for (uint32_t count = random_below(MESSAGES_MAX); count > 0; count--)
        send_message(pair[1], WIRE_REPLY, WIRE_SYNCED - WIRE_REPLY + 1);
    close(pair[1]);
    keeper_link_readable(&link);
    check(link.fd < 0, "the end of the connection to be seen");
    check(open_descriptors() == others + (int)listeners.count, "as many descriptors as listeners");
}
