#include "run_directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "number.h"

enum { PATH_SIZE = 256, CONTENT_SIZE = 128 };

int run_directory_path(char *path, unsigned size, const char *directory, const char *name,
                       const char *suffix)
{
    int length = snprintf(path, size, "%s/%s%s", directory, name, suffix);

    return length < 0 || (unsigned)length >= size ? -ENAMETOOLONG : 0;
}

int run_directory_make(const char *directory)
{
    if (mkdir(directory, 0777))
        return errno == EEXIST ? 0 : -errno;
    return chmod(directory, 0777) ? -errno : 0; /* mkdir(2) obeys the umask */
}

/* First line of the file, without its end. Number of bytes or -errno. */
static int read_line(const char *path, char content[CONTENT_SIZE])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t length;

    if (fd < 0)
        return -errno;
    length = read(fd, content, CONTENT_SIZE - 1);
    if (length < 0)
        length = -errno;
    close(fd);
    if (length < 0)
        return (int)length;
    content[length] = '\0';
    content[strcspn(content, "\n")] = '\0';
    return (int)length;
}

static int write_whole(const char *path, const char *content, size_t length)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    ssize_t written;
    int error = 0;

    if (fd < 0)
        return -errno;
    written = write(fd, content, length);
    if (written != (ssize_t)length)
        error = written < 0 ? -errno : -EIO;
    if (close(fd) && !error)
        error = -errno;
    return error;
}

long run_directory_read_boots(const char *directory, const char *slot)
{
    char path[PATH_SIZE];
    char content[CONTENT_SIZE];
    long boots;

    if (run_directory_path(path, sizeof path, directory, slot, ".boots") ||
        read_line(path, content) < 0 || !number_parse(content, 0, INT_MAX - 1, &boots))
        return 0;
    return boots;
}

int run_directory_write_boots(const char *directory, const char *slot, long boots)
{
    char path[PATH_SIZE];
    char next[PATH_SIZE];
    char content[CONTENT_SIZE];
    int length = snprintf(content, sizeof content, "%ld\n", boots);
    int error = run_directory_path(path, sizeof path, directory, slot, ".boots");

    if (!error)
        error = run_directory_path(next, sizeof next, directory, slot, ".boots.new");
    if (!error)
        error = write_whole(next, content, (size_t)length);
    if (!error && rename(next, path))
        error = -errno;
    return error;
}

bool run_directory_active(const char *directory, char slot[SLOT_NAME_MAX + 1])
{
    char path[PATH_SIZE];
    char content[CONTENT_SIZE];

    if (run_directory_path(path, sizeof path, directory, "active", "") ||
        read_line(path, content) <= 0 || !slot_name_is_valid(content))
        return false;
    strcpy(slot, content);
    return true;
}
