/* `launcher keep`: PID 1 of the agent's container: the keeper, and the agent's program. */
#ifndef BATON_KEEP_H
#define BATON_KEEP_H

#include "args.h"

/* Exit code of the launcher. */
int keep_run(const struct args *args);

#endif
