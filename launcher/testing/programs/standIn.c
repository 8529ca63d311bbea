/* Asks the launcher's decision to stand in:
 *   standIn TERMINATING NOT_EXECUTED HELD ACTIVE_AWAY_SINCE KEEPER_AWAY_SINCE
 * "-" is a moment that never was. Prints the moment to start, or "-". */
#include <stdio.h>
#include <stdlib.h>

#include "../../clock.h"
#include "../../stand_in.h"

static int64_t moment(const char *word)
{
    return *word == '-' ? CLOCK_NEVER : atoll(word);
}

int main(int count, char **words)
{
    struct stand_in_view view;
    int64_t at;

    if (count != 6)
        return 2;
    view = (struct stand_in_view){
        .terminating = atoi(words[1]),
        .not_executed = atoi(words[2]),
        .held = (size_t)atoi(words[3]),
        .active_away_since_ms = moment(words[4]),
        .keeper_away_since_ms = moment(words[5]),
    };
    at = stand_in_at_ms(&view);
    if (at == CLOCK_NEVER)
        puts("-");
    else
        printf("%lld\n", (long long)at);
    return 0;
}
