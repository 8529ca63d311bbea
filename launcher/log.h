/* One JSON line per event on stderr: {"time","level","message","slot",fields...}.
 * Messages are constant text; everything that varies is a field. */
#ifndef BATON_LOG_H
#define BATON_LOG_H

struct log_field {
    const char *name;
    const char *text; /* NULL: the number counts */
    long long number;
};

#define TEXT(key, value) {.name = (key), .text = (value)}
#define NUMBER(key, value) {.name = (key), .number = (value)}
#define log_info(message, ...) LOG_WRITE("info", message, __VA_ARGS__)
#define log_warn(message, ...) LOG_WRITE("warn", message, __VA_ARGS__)
#define log_error(message, ...) LOG_WRITE("error", message, __VA_ARGS__)
#define LOG_WRITE(level, message, ...) \
    log_write(level, message, (const struct log_field[]){__VA_ARGS__ __VA_OPT__(,) {.name = 0}})

/* The name stands in every line as "slot"; without it the lines have none. */
void log_name(const char *name);
void log_write(const char *level, const char *message, const struct log_field *fields);

#endif
