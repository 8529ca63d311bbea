#include "ctl.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control.h"
#include "text.h"
#include "unix_socket.h"

enum { CONNECT_TIMEOUT_MS = 2000 };

static int fail(const char *what, int error)
{
    fprintf(stderr, "launcher: %s: %s\n", what, strerror(error));
    return 1;
}

static bool write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0)
            return false;
        data += written;
        length -= (size_t)written;
    }
    return true;
}

/* Prints what comes; ends after the first line unless watching. */
static int print_answer(int fd, bool watch)
{
    static const char good[] = "{\"ok\":true";
    char buffer[16 * 1024];
    size_t seen = 0;
    bool ok = true;
    ssize_t got;

    while ((got = read(fd, buffer, sizeof buffer)) > 0) {
        for (ssize_t i = 0; i < got && seen < sizeof good - 1; i++)
            ok &= buffer[i] == good[seen++];
        if (!write_all(STDOUT_FILENO, buffer, (size_t)got))
            return fail("stdout", errno);
        if (!watch && memchr(buffer, '\n', (size_t)got))
            return ok ? 0 : 1;
    }
    return got < 0 ? fail("no answer", errno) : !watch || !ok;
}

int ctl_run(char **words)
{
    char buffer[CONTROL_LINE_MAX];
    struct text line = text_in(buffer, sizeof buffer);
    int fd = unix_connect(words[0], SOCK_STREAM, CONNECT_TIMEOUT_MS);

    if (fd < 0)
        return fail(words[0], -fd);
    for (char **word = words + 1; *word; word++)
        text_add(&line, "%s%s", word == words + 1 ? "" : " ", *word);
    text_add(&line, "\n");
    if (line.overflow)
        return fail("command", EMSGSIZE);
    /* EPIPE: a foreign uid was refused and the connection closed before it said anything; the
     * refusal is there to be read. */
    if (send(fd, line.at, line.length, MSG_NOSIGNAL) < 0 && errno != EPIPE)
        return fail(words[0], errno);
    return print_answer(fd, !strcmp(words[1], "watch"));
}
