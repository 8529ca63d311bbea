#include "slot_exec.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "number.h"
#include "refusal.h"

enum { TIMEOUT_MAX_MS = 24 * 3600 * 1000, ARGS_MAX = 256 };

static int digit(char character)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = character ? strchr(digits, character) : NULL;

    return found ? (int)(found - digits) % 16 : -1;
}

/* In place. False: not encoded as it must be. */
static bool decode(char *word)
{
    char *to = word;

    if (!strcmp(word, "%")) {
        *word = '\0';
        return true;
    }
    for (const char *from = word; *from; from++, to++) {
        *to = *from;
        if (*from != '%')
            continue;
        if (digit(from[1]) < 0 || digit(from[2]) < 0)
            return false;
        *to = (char)(digit(from[1]) * 16 + digit(from[2]));
        if (!*to)
            return false; /* no program can get it */
        from += 2;
    }
    *to = '\0';
    return to > word;
}

/* False, and refused, when a word is wrong. */
static bool split(char *words, char *args[ARGS_MAX + 1], struct text *answer)
{
    size_t count = 0;
    char *rest = words;

    while (rest) {
        char *word = strsep(&rest, " ");
        if (count == ARGS_MAX) {
            refuse(answer, "exec wants at most 256 words", NULL);
            return false;
        }
        if (!decode(word)) {
            refuse(answer, "exec wants percent-encoded words with one space between", NULL);
            return false;
        }
        args[count++] = word;
    }
    args[count] = NULL;
    if (*args[0])
        return true;
    refuse(answer, "exec wants the name of a program", NULL);
    return false;
}

void slot_answer_exec(struct slot *slot, char *parameter, struct text *answer)
{
    const struct children *children = &slot->children;
    char *args[ARGS_MAX + 1];
    char *words = parameter ? strchr(parameter, ' ') : NULL;
    long timeout_ms;
    long id;

    if (!words) {
        refuse(answer, "exec wants TIMEOUT_MS and a program", NULL);
        return;
    }
    *words++ = '\0';
    if (!number_parse(parameter, 1, TIMEOUT_MAX_MS, &timeout_ms)) {
        refuse(answer, "exec wants milliseconds, not", parameter);
        return;
    }
    if (!split(words, args, answer))
        return;
    id = execs_start(&slot->execs, &children->program, children->child.side, args, timeout_ms,
                     clock_now_ms());
    if (id == -EAGAIN)
        refuse(answer, "4 programs are running already", NULL);
    else if (id < 0)
        refuse(answer, "program not started", strerror((int)-id));
    else
        text_add(answer, "{\"ok\":true,\"v\":1,\"exec\":%ld}\n", id);
}

void slot_answer_executed(struct slot *slot, char *parameter, struct text *answer)
{
    long id = 0;
    const struct exec *exec = NULL;

    if (parameter && number_parse(parameter, 1, INT32_MAX, &id))
        exec = execs_find(&slot->execs, id);
    if (!exec) {
        refuse(answer, "no such execution", parameter ? parameter : "");
        return;
    }
    text_add(answer,
             "{\"ok\":true,\"v\":1,\"exec\":%ld,\"running\":%s,\"code\":%d,\"signal\":%d,"
             "\"timedOut\":%s}\n",
             exec->id, exec->pid ? "true" : "false", exec->code, exec->signal,
             exec->timed_out ? "true" : "false");
}
