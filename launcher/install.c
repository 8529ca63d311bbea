#include "install.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, MODE = 0755 };

static int fail(const char *what, int error)
{
    fprintf(stderr, "launcher: %s: %s\n", what, strerror(error));
    return 1;
}

/* 0 or -errno. */
static int copy(int from, int to)
{
    char buffer[32 * 1024];
    ssize_t got;

    while ((got = read(from, buffer, sizeof buffer)) > 0) {
        ssize_t written = write(to, buffer, (size_t)got);
        if (written != got)
            return written < 0 ? -errno : -ENOSPC;
    }
    return got < 0 ? -errno : 0;
}

static int write_copy(const char *path)
{
    int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int to;
    int error;

    if (from < 0)
        return -errno;
    to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, MODE);
    error = to < 0 ? -errno : copy(from, to);
    close(from);
    if (to < 0)
        return error;
    if (!error && fchmod(to, MODE)) /* open(2) obeys the umask */
        error = -errno;
    if (close(to) && !error)
        error = -errno;
    return error;
}

int install_run(const char *destination)
{
    char path[PATH_SIZE];
    int length = snprintf(path, sizeof path, "%s.new", destination);
    int error;

    if (length < 0 || (size_t)length >= sizeof path)
        return fail(destination, ENAMETOOLONG);
    /* An init container may run again beside running slots: a program that runs cannot be written
     * (ETXTBSY), but its name can be given to another file. */
    error = write_copy(path);
    if (!error && rename(path, destination))
        error = -errno;
    return error ? fail(destination, -error) : 0;
}
