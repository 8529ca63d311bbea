/* The command line, read once. */
#ifndef BATON_ARGS_H
#define BATON_ARGS_H
#include <stdbool.h>
#include <stdint.h>

#include "private_ports.h"
#include "unix_socket.h"

struct args {
    const char *slot;
    const char *directory;
    const char *keeper; /* NULL: no keeper */
    int64_t grace_ms;   /* how long a launcher that got SIGTERM waits for the agent's "stop" */
    struct allowed_uids allowed;
    struct private_ports private_ports;
    char **command;
};

/* Both print what is wrong on stderr and return false. */
bool args_parse_run(struct args *args, char **words);
bool args_parse_keep(struct args *args, char **words);

#endif
