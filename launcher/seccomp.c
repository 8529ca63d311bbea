#include "seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "log.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5) /* Linux 5.19 */
#endif
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif

#if defined __x86_64__
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#error "the launcher knows the system call numbers of x86_64 and aarch64 only"
#endif
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "LOAD_ARGUMENT reads the low half");

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LOAD_ARGUMENT(n) LOAD(args[n])
#define IF_EQUAL(value, then, otherwise) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, then, otherwise)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define NOTIFY BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)

/* Which options must be known before a bind(2): those that decide what may be bound (they cannot be
 * set later), and two that only listeners have. None of them is set per connection. */
static struct sock_filter filter[] = {
    LOAD(arch),
    IF_EQUAL(OUR_ARCH, 1, 0),
    ALLOW, /* a 32-bit program in a 64-bit container: it binds by itself */
    LOAD(nr),
    IF_EQUAL(SYS_exit_group, 19, 0),
    IF_EQUAL(SYS_bind, 18, 0),
    IF_EQUAL(SYS_listen, 17, 0),
    IF_EQUAL(SYS_getsockopt, 17, 0),
    IF_EQUAL(SYS_setsockopt, 0, 14),
    LOAD_ARGUMENT(1),
    IF_EQUAL(IPPROTO_IP, 0, 3),
    LOAD_ARGUMENT(2),
    IF_EQUAL(IP_TRANSPARENT, 11, 0),
    IF_EQUAL(IP_FREEBIND, 10, 9),
    IF_EQUAL(IPPROTO_IPV6, 0, 4),
    LOAD_ARGUMENT(2),
    IF_EQUAL(IPV6_V6ONLY, 7, 0),
    IF_EQUAL(IPV6_TRANSPARENT, 6, 0),
    IF_EQUAL(IPV6_FREEBIND, 5, 4),
    IF_EQUAL(IPPROTO_TCP, 0, 3),
    LOAD_ARGUMENT(2),
    IF_EQUAL(TCP_DEFER_ACCEPT, 2, 0),
    IF_EQUAL(TCP_FASTOPEN, 1, 0),
    ALLOW,
    NOTIFY,
    /* HAProxy asks before listen(2), and leaves it out for a socket that listens already. */
    LOAD_ARGUMENT(1),
    IF_EQUAL(SOL_SOCKET, 0, 2),
    LOAD_ARGUMENT(2),
    IF_EQUAL(SO_ACCEPTCONN, 1, 0),
    ALLOW,
    NOTIFY,
};

/* SECCOMP_ADDFD_FLAG_SETFD came with 5.9. It can only be tried under a filter, and a filter
 * cannot be taken off again: so the version counts. */
static bool is_new_enough(const char *release)
{
    char *rest;
    long major = strtol(release, &rest, 10);
    long minor = *rest == '.' ? strtol(rest + 1, NULL, 10) : 0;

    return major > 5 || (major == 5 && minor >= 9);
}

bool seccomp_available(void)
{
    unsigned action = SECCOMP_RET_USER_NOTIF;
    struct utsname kernel;

    return !uname(&kernel) && is_new_enough(kernel.release) &&
           !syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
}

int seccomp_install(void)
{
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    const unsigned long listener = SECCOMP_FILTER_FLAG_NEW_LISTENER;
    long fd;

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return -errno;
    /* Only a fatal signal may end a call that the launcher has read: Go's scheduler sends SIGURG
     * all the time, and a bind(2) that starts again would find its socket already replaced.
     * Older kernels do not know the flag; adopt.c knows that case as well. */
    fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                 listener | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, &program);
    if (fd < 0 && errno == EINVAL)
        fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, listener, &program);
    return fd < 0 ? -errno : (int)fd;
}

int seccomp_receive(int listener, struct notification *notification)
{
    struct seccomp_notif notice;

    memset(&notice, 0, sizeof notice); /* the kernel refuses anything else */
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notice))
        return -errno;
    notification->id = notice.id;
    notification->pid = (pid_t)notice.pid;
    notification->call = notice.data.nr == SYS_bind         ? CALL_BIND
                         : notice.data.nr == SYS_exit_group ? CALL_EXIT
                         : notice.data.nr == SYS_listen     ? CALL_LISTEN
                         : notice.data.nr == SYS_getsockopt ? CALL_ASK_LISTENING
                                                            : CALL_SETSOCKOPT;
    for (int i = 0; i < 6; i++)
        notification->argument[i] = notice.data.args[i];
    return 0;
}

bool seccomp_valid(int listener, uint64_t id)
{
    return !ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id);
}

int seccomp_replace(int listener, uint64_t id, int socket, int target, bool close_on_exec)
{
    struct seccomp_notif_addfd add = {
        .id = id,
        .flags = SECCOMP_ADDFD_FLAG_SETFD,
        .srcfd = (__u32)socket,
        .newfd = (__u32)target,
        .newfd_flags = close_on_exec ? O_CLOEXEC : 0,
    };

    return ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) < 0 ? -errno : 0;
}

static void send_response(int listener, struct seccomp_notif_resp *response)
{
    /* ENOENT: the caller was killed meanwhile, nobody waits for the answer. */
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, response) && errno != ENOENT)
        log_error("system call could not be answered", TEXT("error", strerror(errno)));
}

void seccomp_answer(int listener, uint64_t id, int error)
{
    struct seccomp_notif_resp response = {.id = id, .error = error};

    send_response(listener, &response);
}

void seccomp_continue(int listener, uint64_t id)
{
    struct seccomp_notif_resp response = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};

    send_response(listener, &response);
}
