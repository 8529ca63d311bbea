#include "args.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "slot_name.h"

enum { GRACE_DEFAULT_MS = 25 * 1000, GRACE_MAX_SECONDS = 24 * 3600 };

static bool wrong(const char *what, const char *value)
{
    fprintf(stderr, "launcher: %s%s%s\n", what, value ? ": " : "", value ? value : "");
    return false;
}

static bool add_uid(struct allowed_uids *allowed, const char *value)
{
    long uid;

    if (!number_parse(value, 0, UINT32_MAX - 1L, &uid))
        return wrong("--allow-uid wants a uid", value);
    if (allowed->count == ALLOWED_UIDS_MAX)
        return wrong("too many --allow-uid", value);
    allowed->uid[allowed->count++] = (uid_t)uid;
    return true;
}

static bool add_private(struct private_ports *ports, const char *value)
{
    const char *error = private_ports_add(ports, value);

    return !error || wrong(error, value);
}

static bool set_grace(struct args *args, const char *value)
{
    long seconds;

    if (!number_parse(value, 0, GRACE_MAX_SECONDS, &seconds))
        return wrong("--grace wants seconds", value);
    args->grace_ms = seconds * 1000;
    return true;
}

static bool parse_option(struct args *args, const char *option, const char *value, bool run)
{
    if (!strcmp(option, "--keeper")) {
        args->keeper = value;
        return true;
    }
    if (!strcmp(option, "--allow-uid"))
        return add_uid(&args->allowed, value);
    if (run && !strcmp(option, "--slot")) {
        args->slot = value;
        return slot_name_is_valid(value) || wrong("--slot wants a-z, 0-9 and '-', at most 63", value);
    }
    if (run && !strcmp(option, "--dir")) {
        args->directory = value;
        return true;
    }
    if (run && !strcmp(option, "--private"))
        return add_private(&args->private_ports, value);
    if (run && !strcmp(option, "--grace"))
        return set_grace(args, value);
    return wrong("unknown option", option);
}

static bool parse(struct args *args, char **words, bool run)
{
    *args = (struct args){.grace_ms = GRACE_DEFAULT_MS};
    for (; *words && strcmp(*words, "--"); words += 2) {
        if (!words[1])
            return wrong("option wants a value", *words);
        if (!parse_option(args, words[0], words[1], run))
            return false;
    }
    if (!*words || !words[1])
        return wrong("no command: expected -- COMMAND ARG...", NULL);
    args->command = words + 1;
    return true;
}

bool args_parse_run(struct args *args, char **words)
{
    if (!parse(args, words, true))
        return false;
    if (!args->slot || !args->directory)
        return wrong("run wants --slot NAME and --dir DIR", NULL);
    return true;
}

bool args_parse_keep(struct args *args, char **words)
{
    if (!parse(args, words, false))
        return false;
    return args->keeper || wrong("keep wants --keeper SOCK", NULL);
}
