#include "boot.h"

#include <string.h>

#include "clock.h"
#include "log.h"
#include "run_directory.h"

enum { LOOK_MS = 1000 };

static void save(struct boot *boot)
{
    int error = run_directory_make(boot->directory);

    if (!error)
        error = run_directory_write_boots(boot->directory, boot->slot, boot->number);
    if (error && !boot->failing)
        log_error("boot cannot be written to the run directory, it is tried again",
                  NUMBER("boot", boot->number), TEXT("directory", boot->directory),
                  TEXT("error", strerror(-error)));
    if (!error && boot->failing)
        log_info("boot is written at last", NUMBER("boot", boot->number));
    boot->failing = error;
}

void boot_count(struct boot *boot, const char *directory, const char *slot)
{
    *boot = (struct boot){
        .directory = directory,
        .slot = slot,
        .number = run_directory_read_boots(directory, slot) + 1,
    };
    save(boot);
}

int64_t boot_tick(struct boot *boot, int64_t now)
{
    if (now < boot->look_at_ms)
        return boot->look_at_ms;
    boot->look_at_ms = clock_next_round(now, LOOK_MS);
    if (run_directory_read_boots(boot->directory, boot->slot) != boot->number)
        save(boot);
    return boot->look_at_ms;
}
