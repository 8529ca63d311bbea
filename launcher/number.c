#include "number.h"

#include <errno.h>
#include <stdlib.h>

bool number_parse(const char *text, long lowest, long highest, long *number)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtol(text, &end, 10);
    return !errno && *end == '\0' && *number >= lowest && *number <= highest;
}
