/* Baton's launcher: PID 1 of every hot slot (`run`) and of the agent's container (`keep`).
 * README.md tells how it works. */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "ctl.h"
#include "install.h"
#include "keep.h"
#include "slot.h"
#include "wire.h"

#ifndef BATON_VERSION
#define BATON_VERSION "dev"
#endif

enum { EXIT_USAGE = 2 };

static int usage(void)
{
    fputs("usage: launcher install DST\n"
          "       launcher run --slot NAME --dir DIR [--keeper SOCK] [--allow-uid N]...\n"
          "                    [--private FROM=TO[,TO2]]... [--grace SECONDS] -- COMMAND ARG...\n"
          "       launcher keep --keeper SOCK [--allow-uid N]... -- COMMAND ARG...\n"
          "       launcher ctl DIR/SLOT.sock COMMAND [ARG]...\n"
          "       launcher version\n",
          stderr);
    return EXIT_USAGE;
}

int main(int count, char **words)
{
    static struct args args;
    const char *mode = count > 1 ? words[1] : "";

    if (!strcmp(mode, "run"))
        return args_parse_run(&args, words + 2) ? slot_run(&args) : EXIT_USAGE;
    if (!strcmp(mode, "keep"))
        return args_parse_keep(&args, words + 2) ? keep_run(&args) : EXIT_USAGE;
    if (!strcmp(mode, "ctl") && count > 3)
        return ctl_run(words + 2);
    if (!strcmp(mode, "install") && count == 3)
        return install_run(words[2]);
    if (!strcmp(mode, "version") && count == 2)
        return printf("baton launcher %s, protocol %d\n", BATON_VERSION, WIRE_VERSION) < 0;
    return usage();
}
