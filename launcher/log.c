#include "log.h"

#include <time.h>
#include <unistd.h>

#include "text.h"

static const char *slot_name;

void log_name(const char *name)
{
    slot_name = name;
}

static void add_time(struct text *line)
{
    struct timespec now;
    struct tm utc;

    if (clock_gettime(CLOCK_REALTIME, &now) || !gmtime_r(&now.tv_sec, &utc))
        return;
    text_add(line, "\"time\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ\",", utc.tm_year + 1900,
             utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
             now.tv_nsec / 1000000);
}

void log_write(const char *level, const char *message, const struct log_field *fields)
{
    char buffer[1024];
    struct text line = text_in(buffer, sizeof buffer - 2); /* room for "}\n" whatever happens */

    text_add(&line, "{");
    add_time(&line);
    text_add(&line, "\"level\":\"%s\",\"message\":", level);
    text_add_quoted(&line, message);
    if (slot_name) {
        text_add(&line, ",\"slot\":");
        text_add_quoted(&line, slot_name);
    }
    for (const struct log_field *field = fields; field->name; field++) {
        size_t before = line.length;
        text_add(&line, ",\"%s\":", field->name);
        if (field->text)
            text_add_quoted(&line, field->text);
        else
            text_add(&line, "%lld", field->number);
        if (line.overflow) {
            line.length = before; /* leave out the field rather than break the JSON */
            break;
        }
    }
    buffer[line.length++] = '}';
    buffer[line.length++] = '\n';
    /* Nobody to tell when stderr is gone, and the proxy must go on all the same. */
    if (write(STDERR_FILENO, buffer, line.length) < 0)
        return;
}
