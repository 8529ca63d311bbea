/* seccomp user notification (Linux 5.0; replacing descriptors 5.9): system calls of the child that
 * wait for the launcher's answer. */
#ifndef BATON_SECCOMP_H
#define BATON_SECCOMP_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum notified_call { CALL_EXIT, CALL_BIND, CALL_LISTEN, CALL_ASK_LISTENING, CALL_SETSOCKOPT };

struct notification {
    uint64_t id;
    pid_t pid; /* thread that waits */
    enum notified_call call;
    uint64_t argument[6];
};

/* Whether this kernel offers it at all (gVisor does not). */
bool seccomp_available(void);
/* Puts the calling process under the filter: fd of the listener, or -errno. */
int seccomp_install(void);
/* 0 when a notification was read, else -errno: -ENOENT when the caller was killed meanwhile. */
int seccomp_receive(int listener, struct notification *notification);
/* False when the caller is gone: what was read by its pid may be another process's. */
bool seccomp_valid(int listener, uint64_t id);
/* Puts our socket in the place of descriptor target of the caller. 0 or -errno. */
int seccomp_replace(int listener, uint64_t id, int socket, int target, bool close_on_exec);
/* The call returns 0, or fails with error -errno, without the kernel having done anything. */
void seccomp_answer(int listener, uint64_t id, int error);
/* The kernel does what the caller asked for. */
void seccomp_continue(int listener, uint64_t id);

#endif
