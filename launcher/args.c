#include "args.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

enum { SLOT_NAME_MAX = 63, GRACE_DEFAULT_MS = 25 * 1000, GRACE_MAX_SECONDS = 24 * 3600 };

static bool wrong(const char *what, const char *value)
{
    fprintf(stderr, "launcher: %s%s%s\n", what, value ? ": " : "", value ? value : "");
    return false;
}

/* A DNS label, as Kubernetes wants for container names; it becomes part of file names and JSON. */
static bool is_slot_name(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length <= SLOT_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
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
    char from_text[8] = "";
    const char *equals = strchr(value, '=');
    long from;
    long to;

    if (!equals || (size_t)(equals - value) >= sizeof from_text)
        return wrong("--private wants FROM=TO", value);
    memcpy(from_text, value, (size_t)(equals - value));
    if (!number_parse(from_text, 1, UINT16_MAX, &from) ||
        !number_parse(equals + 1, 1, UINT16_MAX, &to))
        return wrong("--private wants two ports, FROM=TO", value);
    if (ports->count == PRIVATE_PORTS_MAX)
        return wrong("too many --private", value);
    ports->port[ports->count++] = (struct private_port){(uint16_t)from, (uint16_t)to};
    return true;
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
        return is_slot_name(value) || wrong("--slot wants a-z, 0-9 and '-', at most 63", value);
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
