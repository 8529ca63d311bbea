/* What the launcher reads of a process that waits in a notified system call. All of it goes
 * through /proc/PID: process_vm_readv and pidfd_getfd are refused by the seccomp profile
 * RuntimeDefault, /proc/PID/mem and /proc/PID/fd are not (measured; same uid, launcher = parent).
 * PID may be a thread's id. */
#ifndef BATON_TRACEE_H
#define BATON_TRACEE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tracee_socket {
    bool tcp;
    bool udp;
    int family;
    uint64_t inode; /* as tcp_inode gives it */
    int flags;      /* O_NONBLOCK and O_CLOEXEC of the child's descriptor */
};

/* Bytes read (at most size), or -errno. */
ssize_t tracee_read(pid_t pid, uint64_t from, void *into, size_t size);
/* 0, or -errno: no such descriptor, no socket, no access. */
int tracee_socket(pid_t pid, int fd, struct tracee_socket *socket);

#endif
