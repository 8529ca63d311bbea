#include "slot_name.h"

#include <string.h>

bool slot_name_is_valid(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length <= SLOT_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}
