/* What a process binds that is not handed over: its UDP addresses. The kernel gives them as if there
 * were no launcher; they are only told, so that nobody promises more for them. */
#ifndef BATON_UNHELD_H
#define BATON_UNHELD_H
#include <stddef.h>

#include "address.h"
#include "side.h"

enum { UNHELD_MAX = 16 };

struct unheld {
    size_t count[SIDES];
    struct address udp[SIDES][UNHELD_MAX];
};

/* Once for each address; those beyond UNHELD_MAX are not remembered. */
void unheld_add(struct unheld *unheld, int side, const struct address *address);
void unheld_forget(struct unheld *unheld, int side);

#endif
