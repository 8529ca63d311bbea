#include "unheld.h"

#include "log.h"

void unheld_add(struct unheld *unheld, int side, const struct address *address)
{
    char text[ADDRESS_TEXT];

    for (size_t i = 0; i < unheld->count[side]; i++)
        if (address_equal(&unheld->udp[side][i], address))
            return;
    if (unheld->count[side] == UNHELD_MAX)
        return;
    unheld->udp[side][unheld->count[side]++] = *address;
    log_info("udp bind is left to the kernel, it is not handed over",
             TEXT("address", address_format(address, text)));
}

void unheld_forget(struct unheld *unheld, int side)
{
    unheld->count[side] = 0;
}
