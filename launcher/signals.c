#include "signals.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

/* systemd's images ask for it as their stop signal: SIGRTMIN+3, where the kernel's SIGRTMIN is 34
 * for libc. */
enum { STOP_OF_SYSTEMD = 37 };

int signals_open(sigset_t *before)
{
    sigset_t all;
    int fd;

    if (sigfillset(&all) || sigprocmask(SIG_BLOCK, &all, before))
        return -errno;
    fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

static void sort(struct signals *signals, int number)
{
    switch (number) {
    case SIGCHLD:
        signals->child = true;
        return;
    case SIGHUP:
    case SIGUSR2:
        signals->forward = number;
        return;
    /* The runtime stops a container with the STOPSIGNAL of its image: nginx has QUIT, HAProxy USR1,
     * httpd WINCH. The launcher stands between: all of them mean what TERM means. */
    case SIGTERM:
    case SIGINT:
    case SIGQUIT:
    case SIGUSR1:
    case SIGWINCH:
    case STOP_OF_SYSTEMD:
        signals->stop = true;
        return;
    default:
        return;
    }
}

struct signals signals_read(int fd)
{
    struct signals signals = {0};
    struct signalfd_siginfo info;

    while (read(fd, &info, sizeof info) == sizeof info)
        sort(&signals, (int)info.ssi_signo);
    return signals;
}

int signals_number(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } known[] = {
        {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT},   {"USR1", SIGUSR1},
        {"USR2", SIGUSR2}, {"TERM", SIGTERM}, {"WINCH", SIGWINCH}, {"CONT", SIGCONT},
        {"STOP", SIGSTOP}, {"KILL", SIGKILL}, {"ABRT", SIGABRT},   {"ALRM", SIGALRM},
        {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU},
    };

    if (!strncmp(name, "SIG", 3))
        name += 3;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].name, name))
            return known[i].number;
    return 0;
}
